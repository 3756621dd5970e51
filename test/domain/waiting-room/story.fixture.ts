import fc from 'fast-check';
import {
  advance,
  openAdmission,
  type Admission,
  type AdmissionRules,
} from '../../../src/domain/waiting-room/admission.js';
import {
  leave,
  settleUse,
  takeNumber,
  trade,
  usePass,
  walkIn,
} from '../../../src/domain/waiting-room/numbers.js';

/** Longest time for shrinking a failing story. Milliseconds. */
export const LIMIT_MS = 20_000;
/** Highest rate that an organizer sets in a story. */
export const MOST_PER_MINUTE = 3_000;
export const NOON = Date.parse('2026-07-01T12:00:00Z');

const who = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('arrive' as const), who }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('trade' as const), who }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('walk-in' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('use' as const),
      who,
      holdMs: fc.nat({ max: 90_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('leave' as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.nat({ max: 30_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('set-back' as const),
      ms: fc.nat({ max: 3_600_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('decide' as const),
      perMinute: fc.integer({ min: 1, max: MOST_PER_MINUTE }),
      maxShoppers: fc.integer({ min: 1, max: 12 }),
      admitting: fc.boolean(),
    }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A queue as its shoppers see it, with the time that has passed and the rates that applied. */
export interface Story {
  readonly admission: Admission;
  rules: AdmissionRules;
  now: number;
  readonly numbers: Map<string, number>;
  readonly passes: Map<string, string>;
  readonly admitted: number[];
  /** Number of shoppers that the rate allows for the time in which numbers were called. */
  brought: number;
  /** Places called so far. */
  calls: number;
}

function runStory(steps: readonly Step[], check: (story: Story, step: Step) => void): void {
  const admission = openAdmission(NOON);
  admission.ceiling = Number.MAX_SAFE_INTEGER;
  const rules = {
    admitting: true,
    perMinute: 600,
    maxShoppers: 5,
    passMs: 60_000,
    claimMs: 10_000,
  };
  const story: Story = {
    admission,
    rules,
    now: NOON,
    numbers: new Map(),
    passes: new Map(),
    admitted: [],
    brought: 0,
    calls: 0,
  };
  steps.forEach((step, at) => {
    const before = calledSoFar(admission);
    take(story, step, at);
    story.calls += calledSoFar(admission) - before;
    check(story, step);
  });
}

const calledSoFar = ({ called, counts }: Admission): number =>
  called.size + counts.admitted + counts.noShows;

/** The effect of each step; `at` is its place in the story. */
const EFFECTS: {
  readonly [Type in Step['type']]: (
    story: Story,
    step: Extract<Step, { readonly type: Type }>,
    at: number,
  ) => void;
} = {
  arrive: ({ admission, numbers }, { who }) => {
    const taken = takeNumber(admission, accountOf(who), undefined);
    if (taken !== 'ceiling-reached') numbers.set(accountOf(who), taken.number);
  },
  trade: (story, { who }, at) => {
    const account = accountOf(who);
    const number = story.numbers.get(account);
    if (number === undefined) return;
    const ticket = { account, number, place: number, passId: passOf(at) };
    const traded = trade(story.admission, story.rules, ticket, story.now);
    if (traded.status !== 'admitted') return;
    if (traded.passId === passOf(at)) story.admitted.push(number);
    story.passes.set(account, traded.passId);
  },
  'walk-in': ({ admission, rules, passes, now }, { who }, at) => {
    const account = accountOf(who);
    const slot = walkIn(admission, rules, { account, passId: passOf(at) }, now);
    if (typeof slot === 'object') passes.set(account, slot.passId);
  },
  use: ({ admission, rules, passes, now }, { who, holdMs }, at) => {
    const account = accountOf(who);
    const reservationId = `reservation-${at}`;
    const use = { account, passId: passes.get(account) ?? 'none', reservationId };
    if (usePass(admission, rules, use, now) !== 'granted') return;
    settleUse(admission, { account, reservationId, heldUntil: now + holdMs }, now);
  },
  leave: ({ admission }, { who }) => leave(admission, [accountOf(who)]),
  wait: (story, { ms }) => {
    const { admission, rules } = story;
    story.now += ms;
    if (rules.admitting) story.brought += (ms * rules.perMinute) / 60_000;
    advance(admission, rules, story.now);
  },
  'set-back': (story, { ms }) => {
    story.now -= ms;
    advance(story.admission, story.rules, story.now);
  },
  decide: (story, { perMinute, maxShoppers, admitting }) => {
    story.rules = { ...story.rules, perMinute, maxShoppers, admitting };
    advance(story.admission, story.rules, story.now);
  },
};

const accountOf = (who: number): string => `account-${who}`;
const passOf = (at: number): string => `pass-${at}`;

function take(story: Story, step: Step, at: number): void {
  const effect = EFFECTS[step.type] as (story: Story, step: Step, at: number) => void;
  effect(story, step, at);
}

const RUNS = { numRuns: 150, interruptAfterTimeLimit: LIMIT_MS };
const stories = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });

/**
 * Checks a property after every step of many stories. An `expect` for each step would take longer
 * than the story.
 */
export const alwaysTrue = (
  open: () => (story: Story, step: Step) => boolean,
  wanted: (step: Step) => boolean = () => true,
) =>
  fc.assert(
    fc.property(stories, (steps) => {
      const holds = open();
      runStory(steps.filter(wanted), (story, step) => {
        if (!holds(story, step)) throw new Error(`does not hold after ${JSON.stringify(step)}`);
      });
    }),
    RUNS,
  );
