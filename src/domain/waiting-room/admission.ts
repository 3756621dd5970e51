import { HoldDeadlines } from '../seat-inventory/state/hold-deadlines.js';

/**
 * Cost of one admission, in units. Each millisecond adds `perMinute` units. All values are
 * integers, so that this code and the Redis script compute exactly the same.
 */
export const UNITS_PER_TOKEN = 60_000;
/** The bucket holds the units of this time, and at least one admission. Milliseconds. */
export const BURST_MS = 1_000;
/**
 * Passes have a second bucket: otherwise everyone called in the last seconds could enter at once.
 * It fills a little faster than numbers are called, so that nobody waits there for long, and in any
 * ten seconds gives less than 1.1 times the rate.
 */
export const UNITS_PER_PASS = 57_600;
export const DOOR_BURST_MS = 500;
/**
 * A shopper who was told to ask again keeps precedence over later places for this long.
 * Milliseconds.
 */
export const AT_DOOR_MS = 3_000;
/** Time for holders of numbers in a gap to ask, before later numbers are called. Milliseconds. */
export const GAP_HOLD_MS = 4_000;
/**
 * A pass in use belongs to its reservation for this long, unless the reservation fails earlier.
 * Milliseconds.
 */
export const USE_MS = 15_000;
/** Window for measuring the pace. Milliseconds. */
const PACE_MS = 60_000;

/** The organizer's settings that apply now. */
export interface AdmissionRules {
  /** The room is open and not paused: numbers are called and passes given. */
  readonly admitting: boolean;
  readonly perMinute: number;
  /** Maximum of shoppers called or inside. */
  readonly maxShoppers: number;
  readonly passMs: number;
  /** Time to fetch the pass after the call. */
  readonly claimMs: number;
}

/** A shopper inside. */
export interface Slot {
  readonly passId: string;
  readonly number: number;
  /** When the pass was given; milliseconds since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch; later than that of the pass when seats are held. */
  expiresAt: number;
  /** Reservation that the pass is used for. */
  reservationId: string | undefined;
  /** The pass is reserved for that reservation until then; milliseconds since the epoch. */
  useUntil: number;
}

/**
 * State of one queue. Numbers count up from 1. If early arrivals were shuffled, a number's *place*
 * differs from it; calls go by place. Changed in place: at ten million numbers, copying would cost
 * more than the change itself.
 */
export interface Admission {
  /** The highest number issued. */
  issued: number;
  /** Numbers up to here may be issued: the log knows of them. */
  ceiling: number;
  /** The highest place called: *now serving*. */
  serving: number;
  /** Units in the bucket for calls. */
  units: number;
  /** Units in the bucket for passes, which spreads the entries of those called. */
  doorUnits: number;
  /** Time of the last step; milliseconds since the epoch. */
  at: number;
  /** Numbers whose holders are unknown after a loss of state. They are skipped at once. */
  gap: { readonly after: number; readonly upTo: number } | undefined;
  heldUntil: number;
  /** Called places whose holders are not inside yet, with the end of their claim. */
  readonly called: Map<number, number>;
  readonly calledUntil: HoldDeadlines;
  /**
   * Called places whose holders were told to ask again, with the time until which they keep
   * precedence.
   */
  readonly atDoor: Map<number, number>;
  /** Places that asked only after their claim had ended; the first one is last in the array. */
  readonly late: number[];
  /** By account. */
  readonly inside: Map<string, Slot>;
  readonly insideByNumber: Map<number, string>;
  readonly insideUntil: HoldDeadlines;
  /** Number by account. */
  readonly places: Map<string, number>;
  /** One bit per number that was used. */
  spent: Uint8Array;
  readonly counts: AdmissionCounts;
  pace: { from: number; called: number; perMinute: number | undefined };
}

export interface AdmissionCounts {
  /** Passes given. */
  admitted: number;
  /** Called, but did not ask in time. */
  noShows: number;
  /** Released: bought, gave the seats back, or let the hold end. */
  left: number;
  /** Their pass ended while they were inside. */
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

/** The public figures. */
export interface AdmissionView {
  readonly issued: number;
  readonly nowServing: number;
  /** Calls per minute, measured while shoppers wait; undefined in the first minute. */
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
    issued: 0,
    ceiling: 0,
    serving: 0,
    units: 0,
    doorUnits: 0,
    at: now,
    gap: undefined,
    heldUntil: 0,
    called,
    inside,
    insideByNumber,
    late: [],
    atDoor: new Map(),
    places: new Map(),
    spent: new Uint8Array(128),
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
    issued,
    nowServing: serving,
    pace: pace.perMinute,
    counts: { ...counts },
    called: called.size,
    late: late.length,
    inside: inside.size,
  };
}

/**
 * Advances the time: frees ended slots, then calls as many places as there are units and slots,
 * first those who asked late, in order, then the next ones. After a clock was set back, nothing is
 * added until it has caught up.
 * Between two moments at most `perMinute` places are called for the time between, plus one
 * `BURST_MS`.
 */
export function advance(admission: Admission, rules: AdmissionRules, now: number): void {
  const elapsed = Math.max(0, now - admission.at);
  admission.at = now;
  dropLapsed(admission, now);
  fill(admission, rules, elapsed);
  if (rules.admitting) call(admission, rules, now);
  measure(admission, now);
}

/**
 * Adds nothing while admission is stopped: an hour of pause must not admit an hour's worth of
 * shoppers at once.
 */
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
    removeShopper(admission, insideByNumber.get(number)!);
  }
}

/** Frees the slot. The account may then take another number. */
export function removeShopper(admission: Admission, account: string): boolean {
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
