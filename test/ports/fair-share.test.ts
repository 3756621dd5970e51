import { NoRoom, openFairShare } from '../../src/ports/system/fair-share.js';

const LIMITS = { places: 2, placesPerAsker: 1, maxWaitingPerAsker: 3, maxAskersWaiting: 2 };
const settled = () => new Promise(setImmediate);

describe('a fair share', () => {
  it('serves askers round-robin, whatever the number of their requests', async () => {
    const share = openFairShare({ ...LIMITS, places: 1 });
    const order: string[] = [];
    const work = async (asker: string) => {
      const leave = await share.enter(asker);
      order.push(asker);
      await settled();
      leave();
    };
    await Promise.all(['anna', 'anna', 'anna', 'anna', 'ben', 'ben'].map(work));
    expect(order).toEqual(['anna', 'anna', 'ben', 'anna', 'ben', 'anna']);
    expect(share.waiting()).toBe(0);
  });

  it('leaves places for others while one asker has all that one may have', async () => {
    const share = openFairShare(LIMITS);
    await share.enter('anna');
    let second = false;
    void share.enter('anna').then(() => (second = true));
    await share.enter('ben');
    await settled();
    expect(second).toBe(false);
  });

  it('releases a place once, even if it is released twice', async () => {
    const share = openFairShare({ ...LIMITS, places: 1 });
    const leave = await share.enter('anna');
    leave();
    leave();
    await share.enter('ben');
    await expect(share.enter('carl', AbortSignal.abort())).rejects.toThrow(NoRoom);
    expect(share.waiting()).toBe(0);
  });

  it('refuses requests beyond the limits, and removes aborted ones', async () => {
    const share = openFairShare({ ...LIMITS, places: 1 });
    const leave = await share.enter('anna');
    const stop = new AbortController();
    const waiting = [1, 2, 3].map(() => share.enter('anna', stop.signal));
    await expect(share.enter('anna')).rejects.toThrow(NoRoom);
    const ben = share.enter('ben');
    await expect(share.enter('carl')).rejects.toThrow(NoRoom);
    stop.abort();
    for (const entering of waiting) await expect(entering).rejects.toThrow(NoRoom);
    expect(share.waiting()).toBe(1);
    leave();
    (await ben)();
    (await share.enter('carl'))();
  });
});
