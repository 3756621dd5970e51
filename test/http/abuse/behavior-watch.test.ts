import { BehaviorWatch } from '../../../src/http/abuse/behavior-watch.js';
import { openManualClock } from '../../support/manual-clock.js';

describe('the recorded behavior of an account', () => {
  const anna = { account: 'anna', networks: ['203.0.113.1'] };
  const open = () => {
    const clock = openManualClock(1_800_000_000_000);
    return { clock, watch: new BehaviorWatch(clock) };
  };

  it('covers the attempts of the last minute only', async () => {
    const { clock, watch } = open();
    for (let at = 0; at < 10; at++) {
      watch.recordAttempt(anna, 2);
      await clock.advance(1_000);
    }
    expect(watch.behaviorOf(anna)).toMatchObject({
      triesPerMinute: 10,
      seatsPerMinute: 20,
      unevenness: 0,
    });
    await clock.advance(70_000);
    expect(watch.behaviorOf(anna)).toMatchObject({
      triesPerMinute: 0,
      seatsPerMinute: 0,
      unevenness: undefined,
    });
  });

  it('tells the regular pauses of a program from those of a person', async () => {
    const { clock, watch } = open();
    for (const pause of [900, 4_000, 300, 2_500, 7_000, 1_200, 600, 3_100, 5_000, 800]) {
      watch.recordAttempt(anna, 1);
      await clock.advance(pause);
    }
    expect(watch.behaviorOf(anna).unevenness).toBeGreaterThan(0.5);
  });

  it('counts holds that were released or expired, not those that were bought', async () => {
    const { clock, watch } = open();
    const until = clock.now() + 60_000;
    for (const hold of ['bought', 'released', 'lapsed']) watch.recordHold('anna', hold, until, 2);
    watch.endHold('anna', 'bought', 'bought');
    watch.endHold('anna', 'released', 'dropped');
    expect(watch.behaviorOf(anna).holdsDropped).toBe(1);
    await clock.advance(61_000);
    expect(watch.behaviorOf(anna).holdsDropped).toBe(2);
    await clock.advance(700_000);
    expect(watch.behaviorOf(anna).holdsDropped).toBe(0);
  });

  it(
    'has the time since the account got its ' + 'pass; the same pass again changes nothing',
    async () => {
      const { clock, watch } = open();
      expect(watch.behaviorOf(anna).secondsSincePass).toBeUndefined();
      watch.recordPass('anna');
      await clock.advance(500);
      expect(watch.behaviorOf(anna).secondsSincePass).toBe(0.5);
      watch.recordPass('anna');
      await clock.advance(500);
      expect(watch.behaviorOf(anna).secondsSincePass).toBe(1);
    },
  );

  it('counts the accounts that share an address, for ten minutes', async () => {
    const { clock, watch } = open();
    for (let at = 0; at < 7; at++)
      watch.recordAttempt({ account: `a-${at}`, networks: anna.networks }, 3);
    watch.recordAttempt({ account: 'elsewhere', networks: ['203.0.113.2'] }, 3);
    watch.recordAttempt({ account: 'inside', networks: [] }, 3);
    expect(watch.behaviorOf(anna)).toMatchObject({
      accountsOfAddress: 7,
      seatsPerMinuteOfAddress: 21,
    });
    expect(watch.behaviorOf({ account: 'inside', networks: [] })).toMatchObject({
      accountsOfAddress: 0,
      seatsPerMinuteOfAddress: 0,
    });
    expect([...watch.recentAccounts()].length).toBe(10);
    await clock.advance(601_000);
    expect(watch.behaviorOf(anna).accountsOfAddress).toBe(0);
    expect([...watch.recentAccounts()]).toEqual([]);
  });
});
