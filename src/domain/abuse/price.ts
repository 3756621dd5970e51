/** Seats that are kept off sale without being paid for, as one request for a hold finds them, its own seats included. */
export interface Pressure {
  /** Seats of the house. */
  readonly houseSeats: number;
  readonly maxSeatsPerCustomer: number;
  /** Seats held and unpaid by accounts that have never paid for any. */
  readonly unpaidSeats: number;
  /** Those of them that came from the client's widest network, plus its recent debt, minus what it has earned by paying. */
  readonly networkSeats: number;
  /** The network pays for what it holds: the house's own pressure does not raise its price. */
  readonly isNetworkProven: boolean;
}

/** Work that a request costs: rounds of PBKDF2 for each guess, and hexadecimal zeros that a right guess begins with. */
export interface Price {
  readonly rounds: number;
  readonly zeros: number;
}

/** Zeros of a price that is given by its rounds alone: one guess in 256 is right. */
export const DEFAULT_ZEROS = 2;
/** Rounds of PBKDF2 that a price takes on average. */
export const workOf = ({ rounds, zeros }: Price): number => rounds * 16 ** zeros;

/**
 * Share of the house that one network without a purchase holds free of work. It shrinks to nothing as the unpaid share of
 * the house rises to the limit, but never below this many buyers' seats.
 */
export const FREE_SHARE = 0.02;
export const FREE_SHARE_GONE_AT = 0.5;
export const FREE_BUYERS = 2;
/** Beyond it the work doubles with each further share of the house, or with each half of a buyer's seats if that is more. */
export const DOUBLING_SHARE = 0.00125;
export const DOUBLING_BUYERS = 0.5;
/** Share of the house, held and unpaid by new accounts, from which each new account works; more with each further share. */
export const HOUSE_SHARE = 0.25;
export const HOUSE_STEP = 0.15;
/** First price, 0.1 s of one core of a telephone. */
const FIRST_ROUNDS = 1_000;
/** Times that it doubles at most for a network (two hours of one telephone core) and for the whole house (2 s). */
export const MAX_DOUBLINGS = { network: 16, house: 4 };
/** Each hexadecimal zero is four doublings; the rounds between are also what checking a solution costs here. */
const DOUBLINGS_PER_ZERO = 4;

/** The price that this pressure sets; undefined while the seats are within what anybody may hold. */
export function priceOfPressure(pressure: Pressure): Price | undefined {
  const doublings = Math.max(ofNetwork(pressure), ofHouse(pressure));
  if (doublings < 0) return undefined;
  return {
    rounds: FIRST_ROUNDS * 2 ** (doublings % DOUBLINGS_PER_ZERO),
    zeros: DEFAULT_ZEROS + Math.floor(doublings / DOUBLINGS_PER_ZERO),
  };
}

/** Doublings of the first price; negative: nothing to pay. */
function ofNetwork({ houseSeats, unpaidSeats, maxSeatsPerCustomer, networkSeats }: Pressure): number {
  const left = Math.max(0, 1 - unpaidSeats / houseSeats / FREE_SHARE_GONE_AT);
  const free = Math.max(FREE_SHARE * left * houseSeats, FREE_BUYERS * maxSeatsPerCustomer);
  const step = Math.max(DOUBLING_SHARE * houseSeats, DOUBLING_BUYERS * maxSeatsPerCustomer);
  if (networkSeats <= free) return -1;
  return Math.min(MAX_DOUBLINGS.network, Math.floor((networkSeats - free) / step));
}

function ofHouse({ houseSeats, unpaidSeats, isNetworkProven }: Pressure): number {
  if (isNetworkProven) return -1;
  return Math.min(MAX_DOUBLINGS.house, Math.floor((unpaidSeats / houseSeats - HOUSE_SHARE) / HOUSE_STEP));
}

/** The dearer of two prices. */
export function dearer(one: Price | undefined, other: Price | undefined): Price | undefined {
  if (!one || !other) return one ?? other;
  return workOf(one) >= workOf(other) ? one : other;
}
