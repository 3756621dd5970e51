import fc from 'fast-check';
import {
  advance,
  BURST_MS,
  openAdmission,
  waitingIn,
} from '../../../src/domain/waiting-room/admission.js';
import { takeNumber, trade } from '../../../src/domain/waiting-room/numbers.js';
import { restored } from '../../../src/domain/waiting-room/restore.js';
import { alwaysTrue, LIMIT_MS, MOST_PER_MINUTE, NOON, type Story } from './story.fixture.js';

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

  it(
    'calls in the order of the numbers: of those who come when they are called ' +
      'nobody is overtaken',
    () => {
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
    },
  );

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
