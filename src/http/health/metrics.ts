import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RouteOptions } from 'fastify';
import type { InventoryWriters } from '../../commands/seat-inventory/writer/inventory-writers.js';
import type { WriterStats } from '../../commands/seat-inventory/writer/inventory-writer.js';
import type { LogCondition, SubscriptionStats } from '../../ports/event-store/event-store.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import type { LogState, ProjectionLag, ProjectionLags } from './node-state.js';

/** Seconds; a seat is held in a few milliseconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface Metrics {
  /** Prometheus text, and its media type. */
  text(): Promise<string>;
  readonly contentType: string;
  /** For Fastify's `onRoute`: times every answer of the route. */
  time(route: RouteOptions): void;
}

/** Sources of the metrics. */
export interface MetricsSources {
  readonly writers: InventoryWriters;
  readonly lags: ProjectionLags;
  readonly streams: SeatStatusStreams;
  /** Payments that a person should look at. */
  readonly unresolvedPayments: () => Promise<number>;
  /** Unresolved signed webhooks that could not be matched with a payment. */
  readonly unmatchedNotices: () => Promise<number>;
  /** Refused attempts that this process has not kept. */
  readonly droppedAttempts: () => number;
  readonly subscriptions: Readonly<SubscriptionStats>;
  readonly logCondition: () => Promise<LogCondition>;
  readonly log: Pick<LogState, 'isReplaced'>;
}

export function openMetrics({
  writers,
  lags,
  streams,
  unresolvedPayments,
  unmatchedNotices,
  droppedAttempts,
  subscriptions,
  logCondition,
  log,
}: MetricsSources): Metrics {
  const registers = [new Registry()];
  collectDefaultMetrics({ register: registers[0] });
  countWriterWork(writers.stats, registers);
  showProjections(lags, registers);
  showLog(logCondition, registers);
  new Gauge({
    name: 'boxoffice_seat_status_streams',
    help: 'Live feeds that are open.',
    registers,
    collect() {
      this.set(streams.open);
    },
  });
  new Gauge({
    name: 'boxoffice_payments_unresolved',
    help: 'Payments with something left to do and no news for fifteen minutes; left out where it is not known.',
    registers,
    async collect() {
      const count = await unresolvedPayments().catch(() => undefined);
      if (count !== undefined) this.set(count);
      else this.remove();
    },
  });
  new Gauge({
    name: 'boxoffice_payment_notices_unmatched',
    help: 'Signed webhooks that could not be matched with a payment and nobody has resolved; left out where it is not known.',
    registers,
    async collect() {
      const count = await unmatchedNotices().catch(() => undefined);
      if (count !== undefined) this.set(count);
      else this.remove();
    },
  });
  new Counter({
    name: 'boxoffice_refused_attempts_dropped_total',
    help: 'Refused attempts that the audit does not know: more came than are written, or the database was away.',
    registers,
    collect() {
      this.reset();
      this.inc(droppedAttempts());
    },
  });
  new Counter({
    name: 'boxoffice_event_store_consumer_too_slow_total',
    help: 'Subscriptions that EventStoreDB ended because too many live domain events waited; each was opened again at once.',
    registers,
    collect() {
      this.reset();
      this.inc(subscriptions.consumerTooSlow);
    },
  });
  new Gauge({
    name: 'boxoffice_log_replaced',
    help: '1 while the log is not the one that the read models were built from: nothing is sold. Else 0.',
    registers,
    collect() {
      this.set(log.isReplaced() ? 1 : 0);
    },
  });
  const durations = new Histogram({
    name: 'boxoffice_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers,
  });

  return {
    text: () => registers[0]!.metrics(),
    contentType: registers[0]!.contentType,
    time: (route) => {
      const method = String(route.method);
      const timers = new Map<number, { observe(seconds: number): void }>();
      const timerOf = (status: number) => {
        let timer = timers.get(status);
        if (!timer)
          timers.set(status, (timer = durations.labels(method, route.url, String(status))));
        return timer;
      };
      const observe: typeof route.onResponse = (_request, reply, done) => {
        timerOf(reply.statusCode).observe(reply.elapsedTime / 1_000);
        done();
      };
      route.onResponse = [route.onResponse ?? [], observe].flat();
    },
  };
}

type OfProjection = (lag: ProjectionLag) => number | undefined;
const PROJECTION_GAUGES: Record<string, readonly [help: string, of: OfProjection]> = {
  running: [
    '1 on the node that runs a projection; a sum of 0 over all nodes: none does.',
    (lag) => +lag.running,
  ],
  lag_seconds: [
    'Age of the oldest domain event that a projection has not applied; left out where it is not known.',
    (lag) => lag.seconds,
  ],
  parked: [
    'Domain events that a projection has set aside; left out where it is not known.',
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
        // What was known once must not stand for what is not known now.
        this.reset();
        for (const lag of await lags()) {
          const value = valueOf(lag);
          if (value !== undefined) this.set({ projection: lag.projection }, value);
        }
      },
    });
  }
}

/** Both metrics are left out while the event store does not answer. */
function showLog(logCondition: () => Promise<LogCondition>, registers: Registry[]): void {
  new Gauge({
    name: 'boxoffice_log_condition',
    help: 'Always 1: the state of the log (ok, withheld, forbidden, replaced), and its cause.',
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
    help: 'Age of the oldest domain event that is stored and may not be read yet; 0 when there is none.',
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
  rejections: 'Commands that the inventory refused.',
  appends: 'Appends to the event store by the inventory writers.',
  conflicts: 'Appends that lost to another node and were decided anew.',
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
