/** Unpaid seats that are off sale, as one request for a hold sees them, including its own. */
export interface Pressure {
  /** All seats of the venue. */
  readonly eventSeats: number;
  readonly maxSeatsPerCustomer: number;
  /** Seats held and unpaid by accounts that have never paid. */
  readonly unpaidSeats: number;
  /**
   * Those from the client's widest network, plus its recent debt, minus the credit for its
   * payments.
   */
  readonly networkSeats: number;
  /**
   * The network pays for its holds, so the pressure of the whole venue does not raise its price.
   */
  readonly isNetworkProven: boolean;
}

/**
 * Cost of a request: rounds of PBKDF2 per guess, and leading hexadecimal zeros of a right guess.
 */
export interface Price {
  readonly rounds: number;
  readonly zeros: number;
}

/** Zeros of a price given as rounds only: one guess in 256 is right. */
export const DEFAULT_ZEROS = 2;
/** Returns the average rounds of PBKDF2 for a price. */
export const workOf = ({ rounds, zeros }: Price): number => rounds * 16 ** zeros;

/**
 * Share of the venue that one network without a purchase may hold without work. It shrinks to
 * nothing as the unpaid share of the venue rises to the limit, but never below the seats of this
 * many buyers.
 */
export const FREE_SHARE = 0.02;
export const FREE_SHARE_GONE_AT = 0.5;
export const FREE_BUYERS = 2;
/**
 * Beyond the free share, the work doubles with each further share of the venue, or with half of a
 * buyer's seats if that is more.
 */
export const DOUBLING_SHARE = 0.00125;
export const DOUBLING_BUYERS = 0.5;
/**
 * Share of the venue held unpaid by new accounts from which a new account has to work. The work
 * grows with each further step.
 */
export const EVENT_SHARE = 0.25;
export const EVENT_STEP = 0.15;
/** First price: 0.1 s on one core of a phone. */
const FIRST_ROUNDS = 1_000;
/**
 * Maximum number of doublings for a network (two hours on one phone core) and for the whole house
 * (2 s).
 */
export const MAX_DOUBLINGS = { network: 16, house: 4 };
/**
 * Each hexadecimal zero is four doublings. The rounds in between also determine the cost of
 * checking a solution.
 */
const DOUBLINGS_PER_ZERO = 4;

/** Returns the price for this pressure; undefined while the seats are within the free share. */
export function priceOfPressure(pressure: Pressure): Price | undefined {
  const doublings = Math.max(ofNetwork(pressure), ofEvent(pressure));
  if (doublings < 0) return undefined;
  return {
    rounds: FIRST_ROUNDS * 2 ** (doublings % DOUBLINGS_PER_ZERO),
    zeros: DEFAULT_ZEROS + Math.floor(doublings / DOUBLINGS_PER_ZERO),
  };
}

/** Doublings of the first price; negative: no work. */
function ofNetwork({
  eventSeats,
  unpaidSeats,
  maxSeatsPerCustomer,
  networkSeats,
}: Pressure): number {
  const left = Math.max(0, 1 - unpaidSeats / eventSeats / FREE_SHARE_GONE_AT);
  const free = Math.max(FREE_SHARE * left * eventSeats, FREE_BUYERS * maxSeatsPerCustomer);
  const step = Math.max(DOUBLING_SHARE * eventSeats, DOUBLING_BUYERS * maxSeatsPerCustomer);
  if (networkSeats <= free) return -1;
  return Math.min(MAX_DOUBLINGS.network, Math.floor((networkSeats - free) / step));
}

function ofEvent({ eventSeats, unpaidSeats, isNetworkProven }: Pressure): number {
  if (isNetworkProven) return -1;
  return Math.min(
    MAX_DOUBLINGS.house,
    Math.floor((unpaidSeats / eventSeats - EVENT_SHARE) / EVENT_STEP),
  );
}

/** Returns the higher of two prices. */
export function dearer(one: Price | undefined, other: Price | undefined): Price | undefined {
  if (!one || !other) return one ?? other;
  return workOf(one) >= workOf(other) ? one : other;
}
