/**
 * Server-side observations about an account and its address. Nothing in it is claimed by the
 * client.
 */
export interface Behaviour {
  /** Attempts of the account to reserve in the last minute. */
  readonly triesPerMinute: number;
  /**
   * Standard deviation of the pauses between attempts, divided by their mean; undefined for too
   * few.
   */
  readonly unevenness: number | undefined;
  /** Seats that the account has requested in the last minute. */
  readonly seatsPerMinute: number;
  /** Holds that the account has released or let expire in the last ten minutes. */
  readonly holdsDropped: number;
  /**
   * Accounts without a purchase that tried to reserve from the address in the last ten minutes,
   * less five for each that paid there. For an IPv6 address, the maximum over its networks: all of
   * the /64, half of the /56, a quarter of the /48. 0 for an address of a private network.
   */
  readonly accountsOfAddress: number;
  /**
   * Seats requested from the address in the last minute, less five for each that was paid for. IPv6
   * as above.
   */
  readonly seatsPerMinuteOfAddress: number;
  /**
   * Seconds since the account got its pass from the waiting room; undefined without a waiting room.
   */
  readonly secondsSincePass: number | undefined;
}

export interface Evidence {
  readonly rule: string;
  readonly points: number;
}

interface Rule {
  readonly name: string;
  /** The first step that applies counts; ordered by points, descending. */
  readonly steps: readonly (readonly [points: number, holds: (seen: Behaviour) => boolean])[];
  readonly says: string;
  readonly because: string;
}

/** Score from which a reservation requires proof of work. No single rule reaches it. */
export const DEFAULT_THRESHOLD = 65;
export const MAX_SCORE = 100;

/** All rules of the risk score. docs/concepts/abuse.md shows them. */
export const RULES: readonly Rule[] = [
  {
    name: 'steady-cadence',
    steps: [
      [25, ({ triesPerMinute, unevenness }) => triesPerMinute >= 20 && (unevenness ?? 1) < 0.2],
    ],
    says: '25 for 20 or more attempts in a minute whose pauses vary by less than a fifth',
    because: 'People do not click at even intervals.',
  },
  {
    name: 'seats-tried',
    steps: [
      [40, ({ seatsPerMinute }) => seatsPerMinute > 300],
      [20, ({ seatsPerMinute }) => seatsPerMinute > 120],
    ],
    says: '20 for more than 120 seats that an account requests in a minute, 40 for more than 300',
    because: 'A person who looks at seats does not request two per second.',
  },
  {
    name: 'holds-dropped',
    steps: [
      [35, ({ holdsDropped }) => holdsDropped >= 25],
      [15, ({ holdsDropped }) => holdsDropped >= 10],
    ],
    says: '15 for 10 holds released or expired in ten minutes, 35 for 25',
    because: 'Holding without buying keeps seats from others.',
  },
  {
    name: 'accounts-per-address',
    steps: [
      [50, ({ accountsOfAddress }) => accountsOfAddress > 20],
      [35, ({ accountsOfAddress }) => accountsOfAddress > 5],
    ],
    says:
      '35 for more than 5 accounts without a purchase that reserve from one public address ' +
      'in ten minutes, 50 for more than 20',
    because:
      'A household has a few accounts, but a company or a campus has many, so this rule alone ' +
      'causes no proof of work.',
  },
  {
    name: 'seats-tried-from-address',
    steps: [
      [45, ({ seatsPerMinuteOfAddress }) => seatsPerMinuteOfAddress > 100],
      [30, ({ seatsPerMinuteOfAddress }) => seatsPerMinuteOfAddress > 20],
    ],
    says:
      '30 for more than 20 seats requested in a minute from one public address, ' +
      '45 for more than 100',
    because: 'Many accounts that reserve quickly from one address are probably one buyer.',
  },
  {
    name: 'instant-choice',
    steps: [[15, ({ secondsSincePass }) => secondsSincePass !== undefined && secondsSincePass < 1]],
    says: '15 for a reservation within a second after the waiting room has given the pass',
    because: 'Nobody can have looked at the seats by then.',
  },
];

/** Returns the score, 0 to 100, and its evidence. A higher score only raises the proof of work. */
export function scoreOf(seen: Behaviour): {
  readonly score: number;
  readonly evidence: readonly Evidence[];
} {
  const evidence = RULES.flatMap(({ name, steps }) => {
    const step = steps.find(([, holds]) => holds(seen));
    return step ? [{ rule: name, points: step[0] }] : [];
  });
  const sum = evidence.reduce((total, { points }) => total + points, 0);
  return { score: Math.min(MAX_SCORE, sum), evidence };
}

/**
 * Returns the proof of work for a reservation with this score: rounds of PBKDF2 for each of 256
 * guesses on average. One phone core computes about two million rounds per second, so the three
 * prices take 0.1, 0.5 and 2 seconds.
 */
export function priceOf(score: number, threshold: number): number | undefined {
  if (score < threshold) return undefined;
  const above = (score - threshold) / Math.max(1, MAX_SCORE - threshold);
  return above >= 0.8 ? 16_000 : above >= 0.4 ? 4_000 : 1_000;
}
