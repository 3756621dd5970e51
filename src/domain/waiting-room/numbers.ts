import {
  advance,
  AT_DOOR_MS,
  freeSlots,
  isSpent,
  markSpent,
  UNITS_PER_PASS,
  UNITS_PER_TOKEN,
  USE_MS,
  removeShopper,
  waitingIn,
  type Admission,
  type AdmissionRules,
  type Slot,
} from './admission.js';

/**
 * `ceiling-reached`: the log must first allow more numbers. `since`: when the pass for this number
 * was given, if it was; milliseconds since the epoch. Purchases of the account since then used that
 * pass.
 */
export type TakenNumber = { readonly number: number; readonly since?: number } | 'ceiling-reached';

/** Issues the next number. */
export function giveNumber(admission: Admission): TakenNumber {
  if (admission.issued >= admission.ceiling) return 'ceiling-reached';
  return { number: ++admission.issued };
}

/**
 * Returns the account's number, or issues the next one.
 * @param shown a number that was signed for this account. It is restored if the state was lost
 */
export function takeNumber(
  admission: Admission,
  account: string,
  shown: number | undefined,
): TakenNumber {
  if (shown !== undefined) restorePlace(admission, account, shown);
  const number = admission.places.get(account);
  const slot = admission.inside.get(account);
  if (number !== undefined && slot?.number === number) return { number, since: slot.since };
  if (number !== undefined) return { number };
  const taken = giveNumber(admission);
  if (taken !== 'ceiling-reached') admission.places.set(account, taken.number);
  return taken;
}

/**
 * Returns whether a number is its account's current one. The lower one of two numbers counts. A
 * used number does not count.
 */
function restorePlace(admission: Admission, account: string, number: number): boolean {
  if (isSpent(admission, number)) return admission.inside.get(account)?.number === number;
  const kept = admission.places.get(account);
  if (kept !== undefined && kept < number) return false;
  admission.places.set(account, number);
  raise(admission, number);
  return true;
}

/** Marks all numbers up to this one as issued. */
export function raise(admission: Admission, number: number): void {
  admission.issued = Math.max(admission.issued, number);
  admission.ceiling = Math.max(admission.ceiling, number);
}

/** A shopper asks for a pass in exchange for a queue number. */
export interface PassRequest {
  readonly account: string;
  readonly number: number;
  /** Equals the number, unless early arrivals were shuffled. */
  readonly place: number;
  /** Id of the pass, if one is given now. */
  readonly passId: string;
}

/**
 * `called`: the number is called, and a slot will be free in a moment. `spent`: the number was
 * used.
 */
export type Trade =
  | { readonly status: 'admitted'; readonly passId: string; readonly expiresAt: number }
  | { readonly status: 'waiting' | 'called' | 'spent' };

/** Trades a called number for a pass. Asking again returns the same pass. */
export function trade(
  admission: Admission,
  rules: AdmissionRules,
  { account, number, place, passId }: PassRequest,
  now: number,
): Trade {
  advance(admission, rules, now);
  const slot = admission.inside.get(account);
  if (slot) return { status: 'admitted', passId: slot.passId, expiresAt: slot.expiresAt };
  if (!restorePlace(admission, account, number)) return { status: 'spent' };
  if (place > admission.serving) return { status: 'waiting' };
  if (!admission.called.has(place)) {
    comeLate(admission.late, place);
    advance(admission, rules, now);
  }
  if (!rules.admitting || !admission.called.has(place)) return { status: 'called' };
  if (admission.doorUnits < UNITS_PER_PASS * (1 + before(admission, place))) {
    admission.atDoor.set(place, now + AT_DOOR_MS);
    return { status: 'called' };
  }
  admission.called.delete(place);
  admission.atDoor.delete(place);
  const { expiresAt } = admit(admission, rules, { account, number, place, passId }, now);
  return { status: 'admitted', passId, expiresAt };
}

/** Counts earlier places that were told to ask again. */
function before({ atDoor }: Admission, place: number): number {
  let count = 0;
  for (const other of atDoor.keys()) if (other < place) count++;
  return count;
}

function admit(
  admission: Admission,
  rules: AdmissionRules,
  { account, number, passId }: PassRequest,
  now: number,
): Slot {
  const slot = {
    passId,
    number,
    since: now,
    expiresAt: now + rules.passMs,
    reservationId: undefined,
    useUntil: 0,
  };
  admission.doorUnits -= UNITS_PER_PASS;
  markSpent(admission, number);
  admission.inside.set(account, slot);
  admission.insideByNumber.set(number, account);
  admission.insideUntil.add(number, slot.expiresAt);
  admission.counts.admitted++;
  return slot;
}

/** Inserts a place in descending order, once. */
function comeLate(late: number[], place: number): void {
  let low = 0;
  let high = late.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (late[middle]! > place) low = middle + 1;
    else high = middle;
  }
  if (late[low] !== place) late.splice(low, 0, place);
}

/**
 * Admits an account without a number, as long as nobody has to wait. The same buckets and slots
 * apply. Undefined if no slot is free or others wait.
 */
export function walkIn(
  admission: Admission,
  rules: AdmissionRules,
  { account, passId }: Pick<PassRequest, 'account' | 'passId'>,
  now: number,
): Slot | 'ceiling-reached' | undefined {
  advance(admission, rules, now);
  const slot = admission.inside.get(account);
  if (slot) return slot;
  if (!rules.admitting || admission.places.has(account)) return undefined;
  const { late, atDoor, heldUntil } = admission;
  const othersWait =
    waitingIn(admission) > 0 || late.length > 0 || atDoor.size > 0 || now < heldUntil;
  const paid = admission.units >= UNITS_PER_TOKEN && admission.doorUnits >= UNITS_PER_PASS;
  if (othersWait || !paid || freeSlots(admission, rules) < 1) return undefined;
  const taken = giveNumber(admission);
  if (taken === 'ceiling-reached') return taken;
  const { number } = taken;
  admission.serving = number;
  admission.units -= UNITS_PER_TOKEN;
  admission.pace.called++;
  admission.places.set(account, number);
  return admit(admission, rules, { account, number, place: number, passId }, now);
}

/** `spent`: used or expired. `in-use`: used for another reservation. */
export type PassUse = 'granted' | 'spent' | 'in-use';

/**
 * Uses a pass for one reservation at a time. A repetition for the same reservation is the same use.
 */
export function usePass(
  admission: Admission,
  rules: AdmissionRules,
  use: { readonly account: string; readonly passId: string; readonly reservationId: string },
  now: number,
): PassUse {
  advance(admission, rules, now);
  const slot = admission.inside.get(use.account);
  if (slot?.passId !== use.passId) return 'spent';
  const { reservationId, useUntil } = slot;
  if (reservationId !== undefined && reservationId !== use.reservationId && useUntil > now)
    return 'in-use';
  if (reservationId !== use.reservationId || useUntil <= now) {
    slot.reservationId = use.reservationId;
    slot.useUntil = now + USE_MS;
  }
  return 'granted';
}

/**
 * Records the outcome of a use: the slot is kept as long as seats are held; without a hold, the
 * pass is free again.
 */
export function settleUse(
  admission: Admission,
  use: {
    readonly account: string;
    readonly reservationId: string;
    readonly heldUntil: number | undefined;
  },
  now: number,
): void {
  const slot = admission.inside.get(use.account);
  if (slot?.reservationId !== use.reservationId) return;
  if (use.heldUntil === undefined) {
    if (slot.useUntil <= now + USE_MS) slot.reservationId = undefined;
    return;
  }
  slot.useUntil = Math.max(slot.useUntil, use.heldUntil);
  if (use.heldUntil <= slot.expiresAt) return;
  slot.expiresAt = use.heldUntil;
  admission.insideUntil.add(slot.number, slot.expiresAt);
}

/** Releases shoppers who have bought, given their seats back, or let their hold end. */
export function leave(admission: Admission, accounts: readonly string[]): void {
  for (const account of accounts) if (removeShopper(admission, account)) admission.counts.left++;
}
