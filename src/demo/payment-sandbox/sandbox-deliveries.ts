import { setMaxListeners } from 'node:events';
import { Agent, request } from 'undici';
import type { Clock } from '../../ports/system/clock.js';
import type { NoticeBody } from './sandbox-wire.js';
import { SIGNATURE_HEADER, signNotice } from '../../adapters/payment/webhook-signature.js';

/** Delivers a signed webhook. Returns the status; throws if there was none or the signal aborts. */
export type DeliverNotice = (
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<number>;

/** The notices about one charge or refund. */
export interface Telling {
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** Sent one after the other. */
  readonly notices: readonly NoticeBody[];
  /** Called when a notice was delivered or given up. */
  readonly onTold: () => void;
}

export interface Deliveries {
  /**
   * Resolves after the first attempt of the first notice. Undefined: the queue is full, and nothing
   * is sent.
   */
  tell(telling: Telling): Promise<void> | undefined;
  /** Number of unfinished entries. */
  pending(): number;
  close(): Promise<void>;
}

/** Deliveries in progress at the same time. */
const CONCURRENCY = 16;
/** Entries that wait for their time, a free slot or another attempt. */
const MAX_PENDING = 50_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
/** After that many attempts the notice is given up. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** Maximum delay of a Node timer: 24.8 days. */
const LONGEST_SLEEP_MS = 24 * 3_600_000;
const DELIVERY_TIMEOUT_MS = 5_000;

/** Sends each notice until the receiver acknowledges it. Every attempt has a new signature. */
export function openDeliveries(parts: {
  clock: Clock;
  /** Secret that signs every notice. */
  secret: string;
  deliver: DeliverNotice;
  log: (message: string) => void;
  maxPending?: number;
}): Deliveries {
  const { clock, secret, deliver, log, maxPending = MAX_PENDING } = parts;
  const closing = new AbortController();
  const { signal } = closing;
  // Every entry listens to this signal.
  setMaxListeners(0, signal);
  const places = openPlaces(CONCURRENCY);
  const running = new Set<Promise<void>>();
  let full = false;

  const attempt = async (notice: NoticeBody): Promise<boolean> => {
    await places.take();
    try {
      if (signal.aborted) return false;
      const body = JSON.stringify(notice);
      const headers = {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signNotice(body, secret, clock.now()),
      };
      const status = await deliver(Buffer.from(body), headers, signal);
      return status >= 200 && status < 300;
    } catch {
      return false;
    } finally {
      places.giveBack();
    }
  };

  const untilHeard = async (notice: NoticeBody, onTried: () => void): Promise<void> => {
    const giveUpAt = clock.now() + GIVE_UP_AFTER_MS;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
      const heard = await attempt(notice);
      onTried();
      if (heard) return;
      if (clock.now() >= giveUpAt)
        return log(`webhook ${notice.id} given up: the receiver did not acknowledge it`);
      await clock.sleep(wait, signal);
    }
  };

  const run = async ({ dueAt, notices, onTold }: Telling, onTried: () => void): Promise<void> => {
    for (let left = dueAt - clock.now(); left > 0 && !signal.aborted; left = dueAt - clock.now())
      await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal);
    for (const notice of notices) {
      await untilHeard(notice, onTried);
      if (signal.aborted) break;
      onTold();
    }
    onTried();
  };

  return {
    tell(telling) {
      if (signal.aborted) return undefined;
      if (running.size >= maxPending) {
        if (!full) log(`${maxPending} webhooks are waiting: no more are sent until the next start`);
        full = true;
        return undefined;
      }
      full = false;
      return new Promise((onTried) => {
        const done = run(telling, onTried)
          .catch((error: Error) => log(`a webhook cannot be sent: ${error.message}`))
          .finally(() => running.delete(done));
        running.add(done);
      });
    },
    pending: () => running.size,
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** A first-come-first-served semaphore. */
function openPlaces(free: number) {
  const waiting: (() => void)[] = [];
  return {
    take: (): Promise<void> | undefined => {
      if (free === 0) return new Promise((turn) => waiting.push(turn));
      free--;
      return undefined;
    },
    giveBack: (): void => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}

/** Posts each webhook to one URL. */
export function deliverTo(url: string): { deliver: DeliverNotice; close(): Promise<void> } {
  const agent = new Agent({
    connections: CONCURRENCY,
    connectTimeout: DELIVERY_TIMEOUT_MS,
    headersTimeout: DELIVERY_TIMEOUT_MS,
    bodyTimeout: DELIVERY_TIMEOUT_MS,
  });
  return {
    deliver: async (body, headers, signal) => {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        body,
        headers,
        signal,
      });
      // The body of the answer is not used.
      void answer.body.dump().catch(() => undefined);
      return answer.statusCode;
    },
    close: () => agent.destroy(),
  };
}
