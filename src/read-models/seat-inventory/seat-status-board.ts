import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import type { SeatChanges, SeatCounts, SeatLetterChange } from './seat-status-queries.js';
import type { SeatLetter } from './seat-rows.js';

export type SeatStatusWord = 'available' | 'reserved' | 'sold' | 'blocked';

export const SEAT_STATUS_WORDS: Readonly<Record<SeatLetter, SeatStatusWord>> = {
  a: 'available',
  r: 'reserved',
  s: 'sold',
  b: 'blocked',
};

/** All seats of one event at one revision; immutable. */
export interface SeatStatusSnapshot {
  readonly eventId: string;
  readonly seatingPlanHash: string;
  readonly revision: number;
  readonly counts: SeatCounts;
  /** One letter per seat, in plan order. */
  readonly status: string;
  /** A strong HTTP entity tag: the revision, quoted. */
  readonly etag: string;
  /** `{eventId, revision, counts, status}`, serialized once per revision. */
  readonly json: Buffer;
}

/** Changed seats with their status at `revision`. All subscribers share one object. */
export interface SeatStatusDelta {
  readonly revision: number;
  readonly changes: readonly { readonly seatId: string; readonly status: SeatStatusWord }[];
  /** The delta as a server-sent event whose id is the revision; serialized once. */
  readonly frame: Buffer;
}

/** The status letters of one event's seats, changed in place. */
export interface SeatLetters {
  readonly revision: number;
  readonly counts: SeatCounts;
  apply(changes: SeatChanges): void;
  /** Builds the snapshot at most once per revision. */
  snapshot(): SeatStatusSnapshot;
}

export function seatLetters(
  eventId: string,
  seatingPlanHash: string,
  layout: SeatLayout,
  taken: SeatChanges,
): SeatLetters {
  const letters = Buffer.alloc(layout.seatCount, 'a');
  let { revision, counts } = taken;
  let cached: SeatStatusSnapshot | undefined;

  const put = (changes: readonly SeatLetterChange[]) => {
    for (const { seatId, status } of changes) {
      const seat = layout.indexOf.get(seatId);
      if (seat !== undefined) letters[seat] = status.charCodeAt(0);
    }
  };
  put(taken.changes);

  return {
    get revision() {
      return revision;
    },
    get counts() {
      return counts;
    },
    apply: (changes) => {
      put(changes.changes);
      ({ revision, counts } = changes);
      cached = undefined;
    },
    snapshot: () =>
      (cached ??= takeSnapshot({ eventId, seatingPlanHash, revision, counts }, letters)),
  };
}

function takeSnapshot(
  head: Pick<SeatStatusSnapshot, 'eventId' | 'seatingPlanHash' | 'revision' | 'counts'>,
  letters: Buffer,
): SeatStatusSnapshot {
  const { eventId, revision, counts } = head;
  const status = letters.toString('latin1');
  const before = JSON.stringify({ eventId, revision, counts }).slice(0, -1);
  const json = Buffer.from(`${before},"status":"${status}"}`);
  return { ...head, status, etag: `"${revision}"`, json };
}

export function toDelta({ revision, changes }: SeatChanges): SeatStatusDelta {
  const worded = changes.map(({ seatId, status }) => ({
    seatId,
    status: SEAT_STATUS_WORDS[status],
  }));
  const data = JSON.stringify({ revision, changes: worded });
  return { revision, changes: worded, frame: Buffer.from(`id: ${revision}\ndata: ${data}\n\n`) };
}
