import { HoldDeadlines } from '../seat-inventory/hold-deadlines.js';

/**
 * What a token of the bucket costs, in units. A millisecond brings `perMinute` units: whole numbers, so that the function here
 * and the script in Redis come to the same, to the unit.
 */
export const UNITS_PER_TOKEN = 60_000;
/** The bucket holds what this long brings, and at least one token. Milliseconds. */
export const BURST_MS = 1_000;
/**
 * Passes come out of a bucket of their own, the door: those called in the last seconds would otherwise come in at once. It gives a
 * little more than is called, so that nobody stands there for long, and in any ten seconds less than 1.1 times the rate.
 */
export const UNITS_PER_PASS = 57_600;
export const DOOR_BURST_MS = 500;
/** Who was told to ask again at the door comes before those with a later place, as long as it does ask. Milliseconds. */
export const AT_DOOR_MS = 3_000;
/** For those who hold numbers of a gap to come forward, before anybody behind it is called. Milliseconds. */
export const GAP_HOLD_MS = 4_000;
/** A pass that is used belongs to that reservation for so long, unless it comes about. Milliseconds. */
export const USE_MS = 15_000;
/** Over which the pace is measured. Milliseconds. */
const PACE_MS = 60_000;

/** What the organiser has decided, as it stands at this moment. */
export interface AdmissionRules {
  /** Open, and not paused: numbers are called and passes given. */
  readonly admitting: boolean;
  readonly perMinute: number;
  /** Called or inside at once. */
  readonly maxShoppers: number;
  readonly passMs: number;
  /** For whoever is called to fetch the pass. */
  readonly claimMs: number;
}

/** Somebody inside. */
export interface Slot {
  readonly passId: string;
  readonly number: number;
  /** When the pass was given; milliseconds since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch; later than that of the pass when seats are held. */
  expiresAt: number;
  /** What the pass is used for. */
  reservationId: string | undefined;
  /** Until when nothing else is done with the pass; milliseconds since the epoch. */
  useUntil: number;
}

/**
 * Numbers go up from 1. With the early ones shuffled, a number's *place* is another one; called is by place, one after the other.
 * Changed in place: at ten million numbers a copy of each step would cost more than the step.
 */
export interface Admission {
  /** The highest number given. */
  issued: number;
  /** Numbers up to here may be given: the log knows of them. */
  ceiling: number;
  /** The highest place called: *now serving*. */
  serving: number;
  /** Units in the bucket that calls are paid from. */
  units: number;
  /** Units in the bucket that passes are paid from: those called do not all come in at once. */
  doorUnits: number;
  /** Of the last step; milliseconds since the epoch. */
  at: number;
  /** Numbers that nobody knows to be somebody's, after what was kept is lost: passed over at once. */
  gap: { readonly after: number; readonly upTo: number } | undefined;
  heldUntil: number;
  /** Places called whose holders are not inside yet, and until when their slots are kept. */
  readonly called: Map<number, number>;
  readonly calledUntil: HoldDeadlines;
  /** Places called whose holders were told to ask again, and until when that is expected. */
  readonly atDoor: Map<number, number>;
  /** Places whose turn went by and who have come after all; the first last. */
  readonly late: number[];
  /** By account. */
  readonly inside: Map<string, Slot>;
  readonly insideByNumber: Map<number, string>;
  readonly insideUntil: HoldDeadlines;
  /** Number by account. */
  readonly places: Map<string, number>;
  /** A bit for each number that has had its turn. */
  spent: Uint8Array;
  readonly counts: AdmissionCounts;
  pace: { from: number; called: number; perMinute: number | undefined };
}

export interface AdmissionCounts {
  /** Passes given. */
  admitted: number;
  /** Called, and not come in time. */
  noShows: number;
  /** Went out: bought, gave back, or let the hold end. */
  left: number;
  /** Whose pass ended while they were inside. */
  timedOut: number;
}

export const isSpent = ({ spent }: Admission, number: number): boolean =>
  ((spent[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;

export function markSpent(admission: Admission, number: number): void {
  const at = number >> 3;
  if (at >= admission.spent.length) {
    const wider = new Uint8Array(Math.max(at + 1, 2 * admission.spent.length));
    wider.set(admission.spent);
    admission.spent = wider;
  }
  admission.spent[at]! |= 1 << (number & 7);
}

/** What everybody may know. */
export interface AdmissionView {
  readonly issued: number;
  readonly nowServing: number;
  /** Called in a minute, as measured while people wait; undefined before a minute has gone by. */
  readonly pace: number | undefined;
  readonly called: number;
  readonly late: number;
  readonly inside: number;
  readonly counts: Readonly<AdmissionCounts>;
}

/** @param now milliseconds since the epoch */
export function openAdmission(now: number): Admission {
  const called = new Map<number, number>();
  const inside = new Map<string, Slot>();
  const insideByNumber = new Map<number, string>();
  return {
    ...{
      issued: 0,
      ceiling: 0,
      serving: 0,
      units: 0,
      doorUnits: 0,
      at: now,
      gap: undefined,
      heldUntil: 0,
    },
    ...{
      called,
      inside,
      insideByNumber,
      late: [],
      atDoor: new Map(),
      places: new Map(),
      spent: new Uint8Array(128),
    },
    calledUntil: new HoldDeadlines((place, until) => called.get(place) === until),
    insideUntil: new HoldDeadlines(
      (number, until) => inside.get(insideByNumber.get(number) ?? '')?.expiresAt === until,
    ),
    counts: { admitted: 0, noShows: 0, left: 0, timedOut: 0 },
    pace: { from: now, called: 0, perMinute: undefined },
  };
}

export const waitingIn = ({ issued, serving }: Admission): number => Math.max(0, issued - serving);

export function viewOf(admission: Admission): AdmissionView {
  const { issued, serving, pace, called, late, inside, counts } = admission;
  return {
    ...{ issued, nowServing: serving, pace: pace.perMinute, counts: { ...counts } },
    ...{ called: called.size, late: late.length, inside: inside.size },
  };
}

/**
 * Lets time pass: slots whose time is over fall free, and as many are called as there are tokens and slots, first those who come late to
 * their turn, in the order of their places, then the next ones. A clock that was set back brings nothing until it goes on from there.
 *
 * Between two moments never more are called than `perMinute` allows for the time between, and one `BURST_MS` of it besides.
 */
export function advance(admission: Admission, rules: AdmissionRules, now: number): void {
  const elapsed = Math.max(0, now - admission.at);
  admission.at = now;
  dropLapsed(admission, now);
  fill(admission, rules, elapsed);
  if (rules.admitting) call(admission, rules, now);
  measure(admission, now);
}

/** Nothing comes in while nobody is let in: an hour of pause is no hour's worth of people at once. */
function fill(
  admission: Admission,
  { admitting, perMinute }: AdmissionRules,
  elapsed: number,
): void {
  const brought = admitting ? elapsed * perMinute : 0;
  admission.units = Math.min(
    Math.max(UNITS_PER_TOKEN, perMinute * BURST_MS),
    admission.units + brought,
  );
  admission.doorUnits = Math.min(
    Math.max(UNITS_PER_PASS, perMinute * DOOR_BURST_MS),
    admission.doorUnits + brought,
  );
}

function dropLapsed(admission: Admission, now: number): void {
  const { called, calledUntil, counts, insideUntil, insideByNumber } = admission;
  for (const place of calledUntil.passed(now)) {
    called.delete(place);
    admission.atDoor.delete(place);
    counts.noShows++;
  }
  for (const [place, until] of admission.atDoor) if (until <= now) admission.atDoor.delete(place);
  for (const number of insideUntil.passed(now)) {
    counts.timedOut++;
    goOut(admission, insideByNumber.get(number)!);
  }
}

/** The slot is free, and the account may take another number. */
export function goOut(admission: Admission, account: string): boolean {
  const slot = admission.inside.get(account);
  if (!slot) return false;
  admission.inside.delete(account);
  admission.insideByNumber.delete(slot.number);
  if (admission.places.get(account) === slot.number) admission.places.delete(account);
  return true;
}

export const freeSlots = ({ inside, called }: Admission, { maxShoppers }: AdmissionRules): number =>
  maxShoppers - inside.size - called.size;

function call(admission: Admission, rules: AdmissionRules, now: number): void {
  let free = freeSlots(admission, rules);
  while (free > 0 && admission.units >= UNITS_PER_TOKEN) {
    const place = admission.late.pop() ?? nextPlace(admission, now);
    if (place === undefined) return;
    const until = now + rules.claimMs;
    admission.called.set(place, until);
    admission.calledUntil.add(place, until);
    admission.units -= UNITS_PER_TOKEN;
    admission.pace.called++;
    free--;
  }
}

function nextPlace(admission: Admission, now: number): number | undefined {
  const { gap } = admission;
  if (now < admission.heldUntil && admission.heldUntil - now <= GAP_HOLD_MS) return undefined;
  if (gap && admission.serving >= gap.after) {
    admission.gap = undefined;
    if (admission.serving < gap.upTo) {
      admission.serving = gap.upTo;
      admission.heldUntil = now + GAP_HOLD_MS;
      return undefined;
    }
  }
  return admission.serving < admission.issued ? ++admission.serving : undefined;
}

function measure(admission: Admission, now: number): void {
  const { pace } = admission;
  const elapsed = now - pace.from;
  if (elapsed >= 0 && elapsed < PACE_MS) return;
  const perMinute =
    elapsed > 0 && waitingIn(admission) > 0
      ? Math.round((pace.called * PACE_MS) / elapsed)
      : undefined;
  admission.pace = { from: now, called: 0, perMinute };
}
