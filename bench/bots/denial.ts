import { AVAILABLE, SOLD } from '../../src/domain/seat-inventory/state/availability.js';
import { ASK_AGAIN_MS, frontmost, PHONE, workMs } from './buyers.js';
import { SimulatedSale, type Buyer, type Rules } from './sale.js';

export const SEAT_COUNT = 2_592;
const SEATS_PER_CUSTOMER = 6;
/** An attacker's server: rounds of PBKDF2 in a millisecond and core, and its cores. */
const SERVER = { perMs: 5_000, cores: 4 };
const ATTACK = { accounts: 408, networks: 80, startMs: 13_000, pollMs: 250 };
/** Validity of a challenge: a longer computation starts again with the next. */
const CHALLENGE_MS = 120_000;
const CAMPUS = { accounts: 500, address: '192.0.2.1' };
const SAMPLE_MS = 1_000;

/**
 * Attacks that keep seats off sale without paying. `hold`: all accounts at once, six seats each.
 * `small`: one seat at a time, where the price rises least. `drip`: one attempt in two seconds from
 * the start. `again`: released and held again after a minute, so that no hold looks old.
 * `networks`: as `hold`, from 20 networks of 48 bits.
 */
export const ATTACKS = ['none', 'hold', 'small', 'drip', 'again', 'networks'] as const;
export type Attack = (typeof ATTACKS)[number];

export interface DenialOptions {
  readonly seed: number;
  readonly rules: Rules;
  readonly attack: Attack;
  readonly minutes: number;
  /** Minutes within which the campus arrives. */
  readonly arrivalMinutes: number;
}

/** Simulates an attacker who never pays against 500 honest accounts behind one IPv4 address. */
export async function simulateDenial({
  seed,
  rules,
  attack,
  minutes,
  arrivalMinutes,
}: DenialOptions) {
  const sale = new SimulatedSale({
    seed,
    rules,
    seats: SEAT_COUNT,
    maxSeatsPerCustomer: SEATS_PER_CUSTOMER,
  });
  const attacker = attack === 'none' ? undefined : letAttackerIn(sale, attack);
  const campus = letCampusIn(sale, arrivalMinutes);
  const shares: number[] = [];
  let soldOutAt: number | undefined;
  const sample = () => {
    sale.expire();
    const { status } = sale.inventory;
    if (sale.now() >= 60_000) shares.push((100 * heldBy(sale, 'bot-')) / SEAT_COUNT);
    if (soldOutAt === undefined && status.every((one) => one === SOLD)) soldOutAt = sale.now();
    sale.after(SAMPLE_MS, sample);
  };
  sale.after(SAMPLE_MS, sample);
  await sale.run(minutes * 60_000);
  return {
    ...{ seed, rules, attack, arrivalMinutes },
    mostHeld: Math.max(...shares),
    meanHeld: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    sold:
      (100 * sale.inventory.status.reduce((sum, one) => sum + (one === SOLD ? 1 : 0), 0)) /
      SEAT_COUNT,
    soldOutMinutes: soldOutAt === undefined ? null : soldOutAt / 60_000,
    campusRefused: campus.refused.size,
    campusAsked: (100 * campus.asked.size) / CAMPUS.accounts,
    campusLongestWaitSeconds: Math.max(0, ...campus.waited.values()) / 1_000,
    campusWithSeats: campus.served.size,
    attackerCoreSeconds: (attacker?.workedMs ?? 0) / 1_000,
  };
}

function heldBy({ inventory }: SimulatedSale, prefix: string): number {
  const { status, holder, reservations } = inventory;
  let held = 0;
  for (const [seat, one] of status.entries())
    if (
      one !== AVAILABLE &&
      one !== SOLD &&
      reservations.get(holder[seat]!)!.customerId.startsWith(prefix)
    )
      held++;
  return held;
}

/** Tries every account once; then each core computes for one account after another. */
function letAttackerIn(sale: SimulatedSale, attack: Attack) {
  const told = { workedMs: 0 };
  const wanted = attack === 'small' ? 1 : SEATS_PER_CUSTOMER;
  const idle: { readonly who: Buyer; tries: number }[] = [];
  const hold = async (account: (typeof idle)[number], work?: number) => {
    const selection = frontmost(sale, wanted);
    if (selection.length === 0) return undefined;
    return sale.reserve(account.who, selection, account.tries, work);
  };
  /** Keeps the seats as long as possible, then tries again. */
  const keep = (account: (typeof idle)[number]) => {
    const keptMs = attack === 'again' ? 60_000 : 600_000;
    const { tries } = account;
    sale.after(keptMs, () => {
      if (attack === 'again') sale.release(account.who, tries);
      account.tries++;
      idle.push(account);
    });
  };
  const work = async (): Promise<void> => {
    const account = idle.shift();
    if (!account) return sale.after(ATTACK.pollMs, work);
    const answer = await hold(account);
    if (answer?.got === 'seats') keep(account);
    else idle.push(account);
    if (answer?.got !== 'work')
      return sale.after(answer?.got === 'seats' ? 10 : ATTACK.pollMs, work);
    const needed = workMs(sale, answer.work, SERVER.perMs);
    const worked = Math.min(needed, CHALLENGE_MS);
    told.workedMs += worked;
    sale.after(worked, async () => {
      if (needed <= CHALLENGE_MS && idle.includes(account)) {
        const after = await hold(account, answer.work);
        if (after?.got === 'seats') {
          idle.splice(idle.indexOf(account), 1);
          keep(account);
        }
      }
      await work();
    });
  };
  const startMs = attack === 'drip' ? 2_000 * ATTACK.accounts : ATTACK.startMs;
  for (let at = 0; at < ATTACK.accounts; at++) {
    const site = (attack === 'networks' ? 1 + (at % 20) : 1).toString(16).padStart(2, '0');
    const network = (at % ATTACK.networks).toString(16).padStart(2, '0');
    const account = {
      who: { name: `bot-${at}`, address: `2001:db8:${site}:${network}::1` },
      tries: 1,
    };
    sale.after((at / ATTACK.accounts) * startMs, async () => {
      const answer = await hold(account);
      if (answer?.got === 'seats') keep(account);
      else idle.push(account);
    });
  }
  for (let core = 0; core < SERVER.cores; core++) sale.after(1_000, work);
  return told;
}

/**
 * Students look, choose, and pay or change their minds. They compute proof of work on phones, and
 * ask for the current price from time to time.
 */
function letCampusIn(sale: SimulatedSale, arrivalMinutes: number) {
  const told = {
    refused: new Set<string>(),
    asked: new Set<string>(),
    served: new Set<string>(),
    waited: new Map<string, number>(),
  };
  const between = (least: number, most: number) => least + sale.chance() * (most - least);
  for (let at = 0; at < CAMPUS.accounts; at++) {
    const who: Buyer = { name: `student-${at}`, address: CAMPUS.address };
    const wanted = SEATS_PER_CUSTOMER - (sale.chance() < 0.5 ? 1 : 0);
    const look = (attempt: number): void =>
      sale.after(between(3_000, 15_000), async () => {
        const free = sale.free();
        if (free.length === 0) return look(attempt);
        const seats = Math.min(wanted, free.length);
        const first = Math.floor(sale.chance() ** 2 * (free.length - seats));
        await ask(attempt, free.slice(first, first + seats));
      });
    const ask = async (
      attempt: number,
      selection: readonly number[],
      work?: number,
    ): Promise<void> => {
      const answer = await sale.reserve(who, selection, attempt, work);
      if (answer.got === 'wait' || answer.got === 'too-many') told.refused.add(who.name);
      if (answer.got === 'work') {
        told.asked.add(who.name);
        const needed = workMs(sale, answer.work, PHONE);
        const waits = Math.min(needed, ASK_AGAIN_MS);
        told.waited.set(who.name, (told.waited.get(who.name) ?? 0) + waits);
        return sale.after(waits, () =>
          ask(attempt, selection, needed <= ASK_AGAIN_MS ? answer.work : undefined),
        );
      }
      if (answer.got !== 'seats') return look(attempt + 1);
      const stays = sale.chance() > 0.07;
      sale.after(between(15_000, 60_000), () => {
        if (stays) {
          sale.pay(who, attempt);
          told.served.add(who.name);
        } else {
          sale.release(who, attempt);
          look(attempt + 1);
        }
      });
    };
    sale.after(between(0, arrivalMinutes * 60_000), () => look(1));
  }
  return told;
}
