import { AVAILABLE } from '../../src/domain/seat-inventory/state/availability.js';
import { FRONT_ROWS, type Buyer, type SimulatedSale } from './sale.js';

/** Rounds of PBKDF2 in a millisecond: a telephone, and a rented server with all its cores. */
export const PHONE = 2_000;
/** A page that is asked for work asks again after this: the price may have fallen. */
export const ASK_AGAIN_MS = 15_000;
const SERVER = { perMs: 5_000, cores: 8 };
const BOTS = { accounts: 1_000, addresses: 20, seats: 4, startMs: 2_000, retryMs: 200 };
const PEOPLE = { count: 1_000, meanArrivalMs: 60_000, tries: 15 };

export interface Tally {
  /** Requests that were asked for work. */
  asked: number;
  /** Buyers of whom any was. */
  readonly askedOnce: Set<string>;
  /** Milliseconds that one buyer worked, all in all. */
  readonly worked: Map<string, number>;
  /** Buyers who were refused by a cap or a rate limit. */
  readonly limited: Set<string>;
}

export const newTally = (): Tally => ({
  asked: 0,
  askedOnce: new Set(),
  worked: new Map(),
  limited: new Set(),
});

/**
 * A thousand accounts from twenty addresses; one server works for all of them, one puzzle per core
 * at a time.
 */
export function letBotsIn(sale: SimulatedSale, tally: Tally): Buyer[] {
  const coreFreeAt = new Array<number>(SERVER.cores).fill(0);
  const workedAfter = (work: number): number => {
    const core = coreFreeAt.indexOf(Math.min(...coreFreeAt));
    const began = Math.max(sale.now(), coreFreeAt[core]!);
    coreFreeAt[core] = began + workMs(sale, work, SERVER.perMs);
    return coreFreeAt[core]! - sale.now();
  };
  return Array.from({ length: BOTS.accounts }, (_, at) => {
    const bot: Buyer = { name: `bot-${at}`, address: `198.51.100.${1 + (at % BOTS.addresses)}` };
    const go = async (attempt: number): Promise<void> => {
      const wish = frontmost(sale, BOTS.seats);
      if (wish.length === 0) return sale.after(5_000, () => go(attempt + 1));
      const answer = await withWork(sale, bot, wish, attempt, tally, workedAfter);
      answer((got, ms) => {
        if (got === 'seats') sale.after(500, () => sale.pay(bot, attempt));
        else sale.after(got === 'wait' ? ms : BOTS.retryMs, () => go(attempt + 1));
      });
    };
    sale.after(sale.chance() * BOTS.startMs, () => go(1));
    return bot;
  });
}

/**
 * They come within a few minutes, look, choose, pay or think better of it; a campus and a mobile
 * network share addresses.
 */
export function letPeopleIn(sale: SimulatedSale, tally: Tally): Buyer[] {
  const between = (least: number, most: number) => least + sale.chance() * (most - least);
  return Array.from({ length: PEOPLE.count }, (_, at) => {
    const person: Buyer = { name: `person-${at}`, address: addressOf(at) };
    const seats = 1 + Math.floor(sale.chance() * 4);
    const workedAfter = (work: number) => workMs(sale, work, PHONE);
    const look = async (attempt: number): Promise<void> => {
      const free = sale.free();
      if (attempt > PEOPLE.tries || free.length < seats) return;
      // Near the front, but not everybody the very same seats.
      const first = Math.floor(sale.chance() ** 2 * Math.min(free.length - seats, FRONT_ROWS));
      const wish = free.slice(first, first + seats);
      sale.after(between(3_000, 15_000), async () => {
        const answer = await withWork(
          sale,
          person,
          wish,
          attempt,
          tally,
          workedAfter,
          ASK_AGAIN_MS,
        );
        answer((got, ms) => {
          if (got === 'wait' || got === 'too-many') tally.limited.add(person.name);
          if (got !== 'seats')
            return sale.after(got === 'wait' ? ms : between(2_000, 8_000), () => look(attempt + 1));
          const stays = sale.chance() > 0.07;
          sale.after(between(15_000, 60_000), () =>
            stays ? sale.pay(person, attempt) : sale.release(person, attempt),
          );
        });
      });
    };
    sale.after(-Math.log(1 - sale.chance()) * PEOPLE.meanArrivalMs, () => look(1));
    return person;
  });
}

/**
 * 600 at home, one to three to an address; 200 on a campus; 200 on a mobile network with four
 * addresses.
 */
function addressOf(at: number): string {
  if (at < 600) return `203.${Math.floor(at / 500)}.${Math.floor(at / 2) % 250}.7`;
  return at < 800 ? '192.0.2.1' : `192.0.2.${10 + (at % 4)}`;
}

type Told = (then: (got: 'seats' | 'taken' | 'too-many' | 'wait', ms: number) => void) => void;

/** Asks, and works as often as it is asked to. */
async function withWork(
  sale: SimulatedSale,
  who: Buyer,
  wish: readonly number[],
  attempt: number,
  tally: Tally,
  workedAfter: (work: number) => number,
  patienceMs = Infinity,
): Promise<Told> {
  const first = await sale.reserve(who, wish, attempt);
  return (then) => {
    const settle = (answer: typeof first): void => {
      if (answer.got !== 'work') return then(answer.got, answer.got === 'wait' ? answer.ms : 0);
      const needed = workedAfter(answer.work);
      const ms = Math.min(needed, patienceMs);
      tally.asked++;
      tally.askedOnce.add(who.name);
      tally.worked.set(who.name, (tally.worked.get(who.name) ?? 0) + ms);
      const proof = needed <= patienceMs ? answer.work : undefined;
      sale.after(ms, async () => settle(await sale.reserve(who, wish, attempt, proof)));
    };
    settle(first);
  };
}

/** Guesses are right by chance: the work of one puzzle differs from the next. */
export const workMs = (sale: SimulatedSale, work: number, perMs: number): number =>
  (-Math.log(1 - sale.chance()) * work) / perMs;

/** Seats side by side as far to the front as there are any, of those that a page shows as free. */
export function frontmost(sale: SimulatedSale, count: number): readonly number[] {
  const free = sale.free();
  const { status } = sale.inventory;
  for (let at = 0; at + count <= free.length; at++) {
    // A machine sees the live feed: what it wants is free this very moment.
    const wish = free.slice(at, at + count);
    if (wish.at(-1)! - wish[0]! === count - 1 && wish.every((seat) => status[seat] === AVAILABLE))
      return wish;
  }
  return [];
}
