import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RouteOptions } from 'fastify';
import type { InventoryWriters } from '../../commands/seat-inventory/writer/inventory-writers.js';
import type { WriterStats } from '../../commands/seat-inventory/writer/inventory-writer.js';
import type { LogCondition, SubscriptionStats } from '../../ports/event-store/event-store.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import type { LogState, ProjectionLag, ProjectionLags } from './node-state.js';

/** Seconds; a hold takes a few milliseconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface Metrics {
  /** Prometheus text, and its media type. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Measures every answer of the route, for Fastify's `onRoute`. */
  time(route: RouteOptions): void;
}

/** Sources of the metrics. */
export interface MetricsSources {
  readonly writers: InventoryWriters;
  readonly lags: ProjectionLags;
  readonly streams: SeatStatusStreams;
  /** Payments that need an operator. */
  readonly unresolvedPayments: () => Promise<number>;
  /** Unresolved signed webhooks that could not be matched with a payment. */
  readonly unmatchedNotices: () => Promise<number>;
  /** Rejected requests that this process did not record. */
  readonly droppedAttempts: () => number;
  readonly subscriptions: Readonly<SubscriptionStats>;
  readonly logCondition: () => Promise<LogCondition>;
  readonly log: Pick<LogState, 'isReplaced'>;
}

export function openMetrics(sources: MetricsSources): Metrics {
  const registers = [new Registry()];
  collectDefaultMetrics({ register: registers[0] });
  countWriterWork(sources.writers.stats, registers);
  showProjections(sources.lags, registers);
  showLog(sources.logCondition, registers);
  for (const { name, help, value } of gaugesOf(sources)) {
    new Gauge({
      name: `boxoffice_${name}`,
      help,
      registers,
      async collect() {
        const current = await value().catch(() => undefined);
        if (current !== undefined) this.set(current);
        else this.remove();
      },
    });
  }
  for (const { name, help, value } of countersOf(sources)) {
    new Counter({
      name: `boxoffice_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
  const durations = new Histogram({
    name: 'boxoffice_http_request_duration_seconds',
    help: 'Time from the request to the end of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  return {
    text: () => registers[0]!.metrics(),
    contentType: registers[0]!.contentType,
    time: (route) => timeRoute(route, durations),
  };
}

type Durations = Histogram<'method' | 'route' | 'status'>;

/** Adds the hook that measures the answers of a route. */
function timeRoute(route: RouteOptions, durations: Durations): void {
  const method = String(route.method);
  const timers = new Map<number, { observe(seconds: number): void }>();
  const timerOf = (status: number) => {
    let timer = timers.get(status);
    if (!timer) timers.set(status, (timer = durations.labels(method, route.url, String(status))));
    return timer;
  };
  const observe: typeof route.onResponse = (_request, reply, done) => {
    timerOf(reply.statusCode).observe(reply.elapsedTime / 1_000);
    done();
  };
  route.onResponse = [route.onResponse ?? [], observe].flat();
}

/** A gauge is missing while its value is unknown. */
const gaugesOf = ({ streams, unresolvedPayments, unmatchedNotices, log }: MetricsSources) => [
  {
    name: 'seat_status_streams',
    help: 'Open live feeds.',
    value: async () => streams.open,
  },
  {
    name: 'payments_unresolved',
    help: 'Unfinished payments without news for fifteen minutes; missing while unknown.',
    value: unresolvedPayments,
  },
  {
    name: 'payment_notices_unmatched',
    help: 'Unresolved signed webhooks that match no payment; missing while unknown.',
    value: unmatchedNotices,
  },
  {
    name: 'log_replaced',
    help: '1 while the log is not the one of the read models, so that sales are stopped; else 0.',
    value: async () => (log.isReplaced() ? 1 : 0),
  },
];

const countersOf = ({ droppedAttempts, subscriptions }: MetricsSources) => [
  {
    name: 'refused_attempts_dropped',
    help: 'Rejected requests that were not recorded: too many at once, or database unavailable.',
    value: droppedAttempts,
  },
  {
    name: 'event_store_consumer_too_slow',
    help: 'Subscriptions that EventStoreDB ended because this consumer was too slow.',
    value: () => subscriptions.consumerTooSlow,
  },
];

type OfProjection = (lag: ProjectionLag) => number | undefined;
const PROJECTION_GAUGES: Record<string, readonly [help: string, of: OfProjection]> = {
  running: [
    '1 on the node that runs the projection; a sum of 0 over all nodes means that none runs it.',
    (lag) => +lag.running,
  ],
  lag_seconds: [
    'Age of the oldest domain event that the projection has not applied; missing while unknown.',
    (lag) => lag.seconds,
  ],
  parked: [
    'Domain events that the projection has parked; missing while unknown.',
    (lag) => lag.parked,
  ],
};

function showProjections(lags: ProjectionLags, registers: Registry[]): void {
  for (const [name, [help, valueOf]] of Object.entries(PROJECTION_GAUGES)) {
    new Gauge({
      name: `boxoffice_projection_${name}`,
      help,
      labelNames: ['projection'],
      registers,
      async collect() {
        // Clear stale gauges.
        this.reset();
        for (const lag of await lags()) {
          const value = valueOf(lag);
          if (value !== undefined) this.set({ projection: lag.projection }, value);
        }
      },
    });
  }
}

/** Both metrics are missing while the event store does not answer. */
function showLog(logCondition: () => Promise<LogCondition>, registers: Registry[]): void {
  new Gauge({
    name: 'boxoffice_log_condition',
    help: 'Always 1, labeled with the state (ok, withheld, forbidden, replaced) and its cause.',
    labelNames: ['state', 'cause'],
    registers,
    async collect() {
      this.reset();
      const condition = await logCondition().catch(() => undefined);
      if (condition)
        this.set(
          { state: condition.state, cause: condition.state === 'ok' ? '' : condition.cause },
          1,
        );
    },
  });
  new Gauge({
    name: 'boxoffice_log_withheld_seconds',
    help: 'Age of the oldest domain event that is stored but not readable yet; 0 if there is none.',
    registers,
    async collect() {
      const condition = await logCondition().catch(() => undefined);
      if (!condition) return this.remove();
      this.set(
        condition.state === 'withheld' ? Math.max(0, Date.now() - condition.since) / 1_000 : 0,
      );
    },
  });
}

const WRITER_COUNTERS: Record<keyof WriterStats, string> = {
  commands: 'Commands answered by the inventory writers.',
  rejections: 'Commands that the inventory rejected.',
  appends: 'Appends to the event store by the inventory writers.',
  conflicts: 'Appends that conflicted with another node and were decided again.',
  events: 'Domain events appended by the inventory writers.',
};

function countWriterWork(stats: Readonly<WriterStats>, registers: Registry[]): void {
  for (const [name, help] of Object.entries(WRITER_COUNTERS)) {
    new Counter({
      name: `boxoffice_inventory_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(stats[name as keyof WriterStats]);
      },
    });
  }
}
