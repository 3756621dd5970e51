import { openBehaviourWatch } from '../../../src/http/abuse/behaviour.js';
import { openManualClock } from '../../support/manual-clock.js';

describe('what is seen of an account', () => {
  const anna = { account: 'anna', networks: ['203.0.113.1'] };
  const open = () => {
    const clock = openManualClock(1_800_000_000_000);
    return { clock, watch: openBehaviourWatch(clock) };
  };

  it('is what it did in the last minute, and forgotten after', async () => {
    const { clock, watch } = open();
    for (let at = 0; at < 10; at++) {
      watch.tried(anna, 2);
      await clock.advance(1_000);
    }
    expect(watch.of(anna)).toMatchObject({ triesPerMinute: 10, seatsPerMinute: 20, unevenness: 0 });
    await clock.advance(70_000);
    expect(watch.of(anna)).toMatchObject({
      triesPerMinute: 0,
      seatsPerMinute: 0,
      unevenness: undefined,
    });
  });

  it('tells a beat from a hand', async () => {
    const { clock, watch } = open();
    for (const pause of [900, 4_000, 300, 2_500, 7_000, 1_200, 600, 3_100, 5_000, 800]) {
      watch.tried(anna, 1);
      await clock.advance(pause);
    }
    expect(watch.of(anna).unevenness).toBeGreaterThan(0.5);
  });

  it('counts holds that were given back or ran out, not those that were bought', async () => {
    const { clock, watch } = open();
    const until = clock.now() + 60_000;
    for (const hold of ['bought', 'released', 'lapsed']) watch.held('anna', hold, until, 2);
    watch.ended('anna', 'bought', 'bought');
    watch.ended('anna', 'released', 'dropped');
    expect(watch.of(anna).holdsDropped).toBe(1);
    await clock.advance(61_000);
    expect(watch.of(anna).holdsDropped).toBe(2);
    await clock.advance(700_000);
    expect(watch.of(anna).holdsDropped).toBe(0);
  });

  it('knows since when an account has its pass, and that one asked for again is the same', async () => {
    const { clock, watch } = open();
    expect(watch.of(anna).secondsSincePass).toBeUndefined();
    watch.passGiven('anna');
    await clock.advance(500);
    expect(watch.of(anna).secondsSincePass).toBe(0.5);
    watch.passGiven('anna');
    await clock.advance(500);
    expect(watch.of(anna).secondsSincePass).toBe(1);
  });

  it('counts the accounts that share an address, for ten minutes', async () => {
    const { clock, watch } = open();
    for (let at = 0; at < 7; at++) watch.tried({ account: `a-${at}`, networks: anna.networks }, 3);
    watch.tried({ account: 'elsewhere', networks: ['203.0.113.2'] }, 3);
    watch.tried({ account: 'inside', networks: [] }, 3);
    expect(watch.of(anna)).toMatchObject({ accountsOfAddress: 7, seatsPerMinuteOfAddress: 21 });
    expect(watch.of({ account: 'inside', networks: [] })).toMatchObject({
      accountsOfAddress: 0,
      seatsPerMinuteOfAddress: 0,
    });
    expect([...watch.accounts()].length).toBe(10);
    await clock.advance(601_000);
    expect(watch.of(anna).accountsOfAddress).toBe(0);
    expect([...watch.accounts()]).toEqual([]);
  });
});
