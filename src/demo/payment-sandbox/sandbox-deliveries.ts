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
export interface NoticeBatch {
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** Sent one after the other. */
  readonly notices: readonly NoticeBody[];
  /** Called when a notice was delivered or given up. */
  readonly onNoticeDone: () => void;
}

export interface Deliveries {
  /**
   * Resolves after the first attempt of the first notice. Undefined: the queue is full, and nothing
   * is sent.
   */
  send(batch: NoticeBatch): Promise<void> | undefined;
  /** Number of unfinished batches. */
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

export interface DeliveryParts {
  readonly clock: Clock;
  /** Secret that signs every notice. */
  readonly secret: string;
  readonly deliver: DeliverNotice;
  readonly warn: (message: string) => void;
  readonly maxPending?: number;
}

/** Sends each notice until the receiver acknowledges it. Every attempt has a new signature. */
export function openDeliveries(parts: DeliveryParts): Deliveries {
  const { warn, maxPending = MAX_PENDING } = parts;
  const closing = new AbortController();
  const { signal } = closing;
  // Every batch listens to this signal.
  setMaxListeners(0, signal);
  const sender: Sender = { ...parts, signal, semaphore: openSemaphore(CONCURRENCY) };
  const running = new Set<Promise<void>>();
  let full = false;
  return {
    send(batch) {
      if (signal.aborted) return undefined;
      if (running.size >= maxPending) {
        if (!full)
          warn(`${maxPending} webhooks are waiting: no more are sent until the next start`);
        full = true;
        return undefined;
      }
      full = false;
      return new Promise((onTried) => {
        const done = sendBatch(sender, batch, onTried)
          .catch((error: Error) => warn(`a webhook cannot be sent: ${error.message}`))
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

interface Sender extends DeliveryParts {
  /** Aborts when the deliveries close. */
  readonly signal: AbortSignal;
  readonly semaphore: Semaphore;
}

async function sendBatch(
  sender: Sender,
  { dueAt, notices, onNoticeDone }: NoticeBatch,
  onTried: () => void,
): Promise<void> {
  const { clock, signal } = sender;
  for (let left = dueAt - clock.now(); left > 0 && !signal.aborted; left = dueAt - clock.now())
    await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal);
  for (const notice of notices) {
    await sendUntilAcknowledged(sender, notice, onTried);
    if (signal.aborted) break;
    onNoticeDone();
  }
  onTried();
}

async function sendUntilAcknowledged(
  sender: Sender,
  notice: NoticeBody,
  onTried: () => void,
): Promise<void> {
  const { clock, signal, warn } = sender;
  const giveUpAt = clock.now() + GIVE_UP_AFTER_MS;
  for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
    const isAcknowledged = await attempt(sender, notice);
    onTried();
    if (isAcknowledged) return;
    if (clock.now() >= giveUpAt)
      return warn(`webhook ${notice.id} given up: the receiver did not acknowledge it`);
    await clock.sleep(wait, signal);
  }
}

/** Returns whether the receiver acknowledged the notice. */
async function attempt(sender: Sender, notice: NoticeBody): Promise<boolean> {
  const { clock, secret, deliver, signal, semaphore } = sender;
  await semaphore.take();
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
    semaphore.release();
  }
}

interface Semaphore {
  take(): Promise<void> | undefined;
  release(): void;
}

/** A first-come-first-served semaphore. */
function openSemaphore(free: number): Semaphore {
  const waiting: (() => void)[] = [];
  return {
    take: () => {
      if (free === 0) return new Promise((resolve) => waiting.push(resolve));
      free--;
      return undefined;
    },
    release: () => {
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
