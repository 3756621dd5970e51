import { race } from '../../bench/prove/races.js';
import { LOGS, openWriteSide, type WriteSide } from '../support/write-side.js';

/** `npm run prove:races` does the same with 100,000. */
const RACES = 4_000;

describe.each(LOGS)(
  'A hold is expired at one node and confirmed at another, over %s',
  (logName) => {
    let side: WriteSide;
    beforeAll(async () => (side = await openWriteSide(logName)));
    afterAll(() => side.close());

    it(`${RACES} races with clocks off by half a minute have one winner each`, async () => {
      const { confirmed, expired, ...wrong } = await race(side, RACES);
      console.info(`${logName}: ${RACES} races, ${confirmed} confirmed, ${expired} expired`);
      expect(wrong).toEqual({ neither: 0, both: 0, toldWrong: 0 });
      expect(confirmed + expired).toBe(RACES);
      // Both happen, or nothing was raced.
      expect(Math.min(confirmed, expired)).toBeGreaterThan(RACES / 20);
    });
  },
);
