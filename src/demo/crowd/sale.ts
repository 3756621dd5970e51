import { setTimeout as pause } from 'node:timers/promises';
import { buy, type CrowdRules, type Tally } from './buyer.js';
import type { Shop } from './shop.js';

/** How long the crowd tries. Milliseconds. */
const LONGEST_SALE_MS = 180_000;
const POLL_MS = 200;

export interface CrowdOptions extends Pick<CrowdRules, 'seatIds' | 'chance'> {
  readonly eventId: string;
  readonly buyers: number;
  /** Duration of a hold of this event. */
  readonly holdSeconds: number;
  /** Called with the state of the sale, several times a second. */
  readonly onProgress: (counts: SeatCounts, tally: Tally) => void;
}

export interface SeatCounts {
  readonly sold: number;
  readonly reserved: number;
}

/**
 * Lets all buyers at the event at once and waits until they are done and no abandoned hold is left.
 * Holds that are still there 30 s after their end are left: the proof counts them.
 */
export async function sellToCrowd(
  shop: Shop,
  { eventId, buyers, holdSeconds, onProgress, ...crowd }: CrowdOptions,
): Promise<{ tally: Tally; seconds: number }> {
  const eventPath = `/v1/events/${eventId}`;
  const tally: Tally = {
    bought: 0,
    refused: 0,
    declined: 0,
    released: 0,
    abandoned: 0,
    late: 0,
    errors: new Map(),
  };
  const count = async (): Promise<SeatCounts> => {
    const { body } = await shop.call('GET', `${eventPath}/seat-status`);
    const { sold = 0, reserved = 0 } = body.counts ?? {};
    onProgress({ sold, reserved }, tally);
    return { sold, reserved };
  };
  const counting = setInterval(() => void count().catch(() => undefined), POLL_MS);
  const started = performance.now();
  try {
    const rules = { ...crowd, eventPath, deadline: Date.now() + LONGEST_SALE_MS };
    await Promise.all(
      Array.from({ length: buyers }, (_, index) => buy(shop, `buyer-${index}`, rules, tally)),
    );
  } finally {
    clearInterval(counting);
  }
  const seconds = (performance.now() - started) / 1_000;
  const deadline = Date.now() + (holdSeconds + 30) * 1_000;
  while ((await count()).reserved > 0 && Date.now() < deadline) await pause(POLL_MS);
  return { tally, seconds };
}
