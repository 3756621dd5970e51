import fc from 'fast-check';
import {
  advance,
  BURST_MS,
  openAdmission,
  waitingIn,
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
import { restored } from '../../../src/domain/waiting-room/restore.js';

/** A failing story is made shorter for so long at most. Milliseconds. */
const LIMIT_MS = 20_000;
/** That an organiser sets in a story. */
const MOST_PER_MINUTE = 3_000;
const NOON = Date.parse('2026-07-01T12:00:00Z');

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
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What is observed from outside: who was called when, and how much time has gone by on a clock that never turns back. */
interface Story {
  readonly admission: Admission;
  rules: AdmissionRules;
  now: number;
  readonly numbers: Map<string, number>;
  readonly passes: Map<string, string>;
  readonly admitted: number[];
  /** How much the rate has brought while numbers were called, in people. */
  brought: number;
  /** Called so far. */
  calls: number;
}

function tell(steps: readonly Step[], check: (story: Story, step: Step) => void): void {
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
    ...{ admission, rules, now: NOON, numbers: new Map(), passes: new Map(), admitted: [] },
    ...{ brought: 0, calls: 0 },
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

function take(story: Story, step: Step, at: number): void {
  const { admission, rules, numbers, passes } = story;
  const account = 'who' in step ? `account-${step.who}` : '';
  const passId = `pass-${at}`;
  switch (step.type) {
    case 'arrive': {
      const taken = takeNumber(admission, account, undefined);
      if (taken !== 'ceiling-reached') numbers.set(account, taken.number);
      return;
    }
    case 'trade': {
      const number = numbers.get(account);
      if (number === undefined) return;
      const traded = trade(admission, rules, { account, number, place: number, passId }, story.now);
      if (traded.status !== 'admitted') return;
      if (traded.passId === passId) story.admitted.push(number);
      passes.set(account, traded.passId);
      return;
    }
    case 'walk-in': {
      const slot = walkIn(admission, rules, { account, passId }, story.now);
      if (typeof slot === 'object') passes.set(account, slot.passId);
      return;
    }
    case 'use': {
      const reservationId = `reservation-${at}`;
      const use = { account, passId: passes.get(account) ?? 'none', reservationId };
      if (usePass(admission, rules, use, story.now) !== 'granted') return;
      settleUse(
        admission,
        { account, reservationId, heldUntil: story.now + step.holdMs },
        story.now,
      );
      return;
    }
    case 'leave':
      return leave(admission, [account]);
    case 'wait':
      story.now += step.ms;
      if (rules.admitting) story.brought += (step.ms * rules.perMinute) / 60_000;
      return advance(admission, rules, story.now);
    case 'set-back':
      story.now -= step.ms;
      return advance(admission, rules, story.now);
    case 'decide': {
      const { perMinute, maxShoppers, admitting } = step;
      story.rules = { ...rules, perMinute, maxShoppers, admitting };
      return advance(admission, story.rules, story.now);
    }
  }
}

const RUNS = { numRuns: 150, interruptAfterTimeLimit: LIMIT_MS };
const stories = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });

/** Looks at every step: an `expect` for each would take longer than the story. */
const alwaysTrue = (
  open: () => (story: Story, step: Step) => boolean,
  wanted: (step: Step) => boolean = () => true,
) =>
  fc.assert(
    fc.property(stories, (steps) => {
      const holds = open();
      tell(steps.filter(wanted), (story, step) => {
        if (!holds(story, step)) throw new Error(`does not hold after ${JSON.stringify(step)}`);
      });
    }),
    RUNS,
  );

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number > numbers[at - 1]!);

const takenIn = ({ admission }: Story): number => admission.inside.size + admission.called.size;

describe('a waiting room, whatever happens in it', () => {
  it('never has more inside than `maxShoppers`', () => {
    alwaysTrue(
      () => (story) => takenIn(story) <= story.rules.maxShoppers,
      ({ type }) => type !== 'decide',
    );
  });

  it('lets nobody in while more are inside than the organiser has come to allow', () => {
    alwaysTrue(() => {
      let before = 0;
      return (story, { type }) => {
        const fits =
          takenIn(story) <=
          Math.max(story.rules.maxShoppers, type === 'decide' ? Infinity : before);
        before = takenIn(story);
        return fits;
      };
    });
  });

  it('calls no faster than the rate and one burst, also on a clock that is set back', () => {
    const burst = Math.max(1, (MOST_PER_MINUTE * BURST_MS) / 60_000);
    alwaysTrue(
      () =>
        ({ calls, brought }) =>
          calls <= brought + burst + 1e-6,
    );
  });

  it('never goes back in what it serves, and never beyond what it has given', () => {
    alwaysTrue(() => {
      let last = 0;
      return ({ admission: { serving, issued } }) => {
        const forward = serving >= last && serving <= issued;
        last = serving;
        return forward;
      };
    });
  });

  it('gives each number to one account', () => {
    alwaysTrue(() => {
      const owners = new Map<number, string>();
      return ({ numbers }, step) => {
        if (step.type !== 'arrive') return true;
        const account = `account-${step.who}`;
        const number = numbers.get(account)!;
        const alone = (owners.get(number) ?? account) === account;
        owners.set(number, account);
        return alone;
      };
    });
  });

  it('lets nobody in twice by one number', () => {
    alwaysTrue(
      () =>
        ({ admitted }) =>
          new Set(admitted).size === admitted.length,
    );
  });

  it('calls in the order of the numbers: of those who come when they are called nobody is overtaken', () => {
    const arrivals = fc.array(
      fc.record({ gapMs: fc.nat({ max: 400 }), crowd: fc.integer({ min: 1, max: 5 }) }),
      {
        minLength: 1,
        maxLength: 40,
        size: 'max',
      },
    );
    const settings = fc.record({
      perMinute: fc.integer({ min: 60, max: 3_000 }),
      maxShoppers: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(arrivals, settings, (crowds, { perMinute, maxShoppers }) => {
        const rules = { admitting: true, perMinute, maxShoppers, passMs: 2_000, claimMs: 60_000 };
        const admission = openAdmission(NOON);
        admission.ceiling = 1_000;
        const waiting: number[] = [];
        const admitted: number[] = [];
        let now = NOON;
        const everybodyAsks = () => {
          advance(admission, rules, now);
          for (const number of waiting.filter((one) => one <= admission.serving)) {
            const turn = { account: `a${number}`, number, place: number, passId: `p${number}` };
            if (trade(admission, rules, turn, now).status !== 'admitted') continue;
            admitted.push(number);
            waiting.splice(waiting.indexOf(number), 1);
          }
        };
        for (const { gapMs, crowd } of crowds) {
          now += gapMs;
          for (let one = 0; one < crowd; one++) {
            const account = `a${admission.issued + 1}`;
            const taken = takeNumber(admission, account, undefined);
            if (taken !== 'ceiling-reached') waiting.push(taken.number);
          }
          everybodyAsks();
        }
        for (let left = 0; waiting.length > 0 && left < 4_000; left++) {
          now += 500;
          everybodyAsks();
        }
        if (!isAscending(admitted)) throw new Error(`overtaken: ${admitted.join(' ')}`);
      }),
      { numRuns: 30, interruptAfterTimeLimit: LIMIT_MS },
    );
  });

  it('loses nobody: all who ask for their turn get in, those who come late too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { minLength: 20, maxLength: 20 }), (patience) => {
        const rules = {
          admitting: true,
          perMinute: 600,
          maxShoppers: 3,
          passMs: 2_000,
          claimMs: 5_000,
        };
        const admission = openAdmission(NOON);
        admission.ceiling = 20;
        for (let number = 1; number <= 20; number++) takeNumber(admission, `a${number}`, undefined);
        const waiting = new Set(patience.map((_, at) => at + 1));
        for (let second = 1; second <= 400 && waiting.size > 0; second++) {
          const now = NOON + second * 1_000;
          advance(admission, rules, now);
          for (const number of [...waiting]) {
            if (second < patience[number - 1]!) continue;
            const turn = { account: `a${number}`, number, place: number, passId: `p${number}` };
            if (trade(admission, rules, turn, now).status === 'admitted') waiting.delete(number);
          }
        }
        expect([...waiting]).toEqual([]);
        expect(waitingIn(admission)).toBe(0);
      }),
      { numRuns: 100, interruptAfterTimeLimit: LIMIT_MS },
    );
  });
});

describe('what is lost is set up again', () => {
  it('with nobody overtaken, whatever was known of the numbers', () => {
    const given = fc.record({
      issued: fc.integer({ min: 1, max: 40 }),
      servedBefore: fc.nat({ max: 40 }),
      known: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
      ahead: fc.nat({ max: 30 }),
    });
    fc.assert(
      fc.property(given, ({ issued, servedBefore, known, ahead }) => {
        const lastGiven = known === undefined ? undefined : Math.min(known, issued);
        const nowServing = Math.min(servedBefore, lastGiven ?? issued);
        const rules = {
          admitting: true,
          perMinute: 600,
          maxShoppers: 3,
          passMs: 1_000,
          claimMs: 2_000,
        };
        const admission = restored(openAdmission(NOON), {
          issued: issued + ahead,
          nowServing,
          lastGiven,
        });
        admission.ceiling = 1_000;
        const fresh = takeNumber(admission, 'newcomer', undefined);
        expect(fresh).toEqual({ number: issued + ahead + 1 });
        const waiting = new Map<number, string>([[issued + ahead + 1, 'newcomer']]);
        for (let number = nowServing + 1; number <= issued; number++)
          waiting.set(number, `a${number}`);
        const admitted: number[] = [];
        for (let second = 1; second <= 400 && waiting.size > 0; second++) {
          const now = NOON + second * 1_000;
          advance(admission, rules, now);
          for (const [number, account] of [...waiting].sort(([one], [other]) => one - other)) {
            if (number > admission.serving) continue;
            const turn = { account, number, place: number, passId: `p${number}` };
            if (trade(admission, rules, turn, now).status !== 'admitted') continue;
            admitted.push(number);
            waiting.delete(number);
          }
        }
        expect([...waiting]).toEqual([]);
        if (!isAscending(admitted)) throw new Error(`overtaken: ${admitted.join(' ')}`);
      }),
      { numRuns: 150, interruptAfterTimeLimit: LIMIT_MS },
    );
  });
});
