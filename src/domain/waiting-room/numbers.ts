import {
  advance,
  AT_DOOR_MS,
  freeSlots,
  isSpent,
  markSpent,
  UNITS_PER_PASS,
  UNITS_PER_TOKEN,
  USE_MS,
  goOut,
  waitingIn,
  type Admission,
  type AdmissionRules,
  type Slot,
} from './admission.js';

/**
 * `ceiling-reached`: the log has to know of more numbers first. A number that has been traded already is told with the time when its
 * pass was given, in milliseconds since the epoch: whatever its account has bought since was bought with it.
 */
export type TakenNumber = { readonly number: number; readonly since?: number } | 'ceiling-reached';

/** The next number. */
export function giveNumber(admission: Admission): TakenNumber {
  if (admission.issued >= admission.ceiling) return 'ceiling-reached';
  return { number: ++admission.issued };
}

/**
 * The account's number: the one that it has, or the next.
 * @param shown a number that was signed for this account: it is the account's again when what was kept is lost
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

/** Of two numbers of one account the lower one counts. False when it does not, or has had its turn. */
function restorePlace(admission: Admission, account: string, number: number): boolean {
  if (isSpent(admission, number)) return admission.inside.get(account)?.number === number;
  const kept = admission.places.get(account);
  if (kept !== undefined && kept < number) return false;
  admission.places.set(account, number);
  raise(admission, number);
  return true;
}

/** Numbers up to here were given, whatever is kept. */
export function raise(admission: Admission, number: number): void {
  admission.issued = Math.max(admission.issued, number);
  admission.ceiling = Math.max(admission.ceiling, number);
}

export interface Turn {
  readonly account: string;
  readonly number: number;
  /** The number itself, unless the early ones were shuffled. */
  readonly place: number;
  /** For a pass that is given now. */
  readonly passId: string;
}

/** `called`: it is its turn, and the door or a slot is free in a moment. `spent`: the number has had its turn. */
export type Trade =
  | { readonly status: 'admitted'; readonly passId: string; readonly expiresAt: number }
  | { readonly status: 'waiting' | 'called' | 'spent' };

/** Trades a number for a pass, when it is its turn; asking again gives the same pass. */
export function trade(
  admission: Admission,
  rules: AdmissionRules,
  { account, number, place, passId }: Turn,
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
  const { expiresAt } = letIn(admission, rules, { account, number, place, passId }, now);
  return { status: 'admitted', passId, expiresAt };
}

/** At the door with an earlier place. */
function before({ atDoor }: Admission, place: number): number {
  let count = 0;
  for (const other of atDoor.keys()) if (other < place) count++;
  return count;
}

function letIn(
  admission: Admission,
  rules: AdmissionRules,
  { account, number, passId }: Turn,
  now: number,
): Slot {
  const slot = {
    ...{ passId, number, since: now, expiresAt: now + rules.passMs },
    ...{ reservationId: undefined, useUntil: 0 },
  };
  admission.doorUnits -= UNITS_PER_PASS;
  markSpent(admission, number);
  admission.inside.set(account, slot);
  admission.insideByNumber.set(number, account);
  admission.insideUntil.add(number, slot.expiresAt);
  admission.counts.admitted++;
  return slot;
}

/** Kept with the first place last, each place once. */
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
 * Without a number, where the room stands aside as long as nobody has to wait: it is called and let in at once, by the same buckets
 * and slots as everybody. Undefined when there is no room for it, or others wait.
 */
export function walkIn(
  admission: Admission,
  rules: AdmissionRules,
  { account, passId }: Pick<Turn, 'account' | 'passId'>,
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
  return letIn(admission, rules, { account, number, place: number, passId }, now);
}

/** `spent`: it has been used, or its time is over. `in-use`: for another reservation. */
export type PassUse = 'granted' | 'spent' | 'in-use';

/** A pass is used for one reservation at a time; again for the same one is the same use. */
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

/** What has come of a use: seats are held until then, and the slot is kept as long; or nothing, and the pass is free again. */
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

/** These have bought, given back, or let their hold end. */
export function leave(admission: Admission, accounts: readonly string[]): void {
  for (const account of accounts) if (goOut(admission, account)) admission.counts.left++;
}
