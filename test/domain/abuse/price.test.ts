import {
  dearer,
  FREE_BUYERS,
  FREE_SHARE,
  MAX_DOUBLINGS,
  priceOfPressure,
  workOf,
  type Pressure,
} from '../../../src/domain/abuse/price.js';

const CALM: Pressure = {
  ...{ eventSeats: 2_000, maxSeatsPerCustomer: 6, unpaidSeats: 0, networkSeats: 0 },
  isNetworkProven: false,
};
const price = (pressure: Partial<Pressure>) => priceOfPressure({ ...CALM, ...pressure });
const work = (pressure: Partial<Pressure>) => workOf(price(pressure)!);

describe('the price that seats kept off sale set', () => {
  it('is zero within the free share', () => {
    expect(price({ networkSeats: FREE_SHARE * 2_000 })).toBeUndefined();
    expect(price({ eventSeats: 50, networkSeats: FREE_BUYERS * 6 })).toBeUndefined();
    expect(price({ unpaidSeats: 499 })).toBeUndefined();
  });

  it(
    'of a network doubles with each eighth of a percent of the house, in rounds and ' +
      'then in zeros',
    () => {
      expect([41, 43, 46, 48, 51].map((networkSeats) => price({ networkSeats }))).toEqual([
        { rounds: 1_000, zeros: 2 },
        { rounds: 2_000, zeros: 2 },
        { rounds: 4_000, zeros: 2 },
        { rounds: 4_000, zeros: 2 },
        { rounds: 8_000, zeros: 2 },
      ]);
      expect(price({ networkSeats: 40 + 4 * 3 })).toEqual({ rounds: 1_000, zeros: 3 });
      expect(work({ networkSeats: 2_000 })).toBe(
        2 ** MAX_DOUBLINGS.network * workOf({ rounds: 1_000, zeros: 2 }),
      );
    },
  );

  it('of a network begins sooner the more of the house is held', () => {
    expect(price({ networkSeats: 30, unpaidSeats: 480 })).toBeDefined();
    expect(price({ networkSeats: FREE_BUYERS * 6, unpaidSeats: 480 })).toBeUndefined();
  });

  it(
    'rises for every new account with the share of the house, up to two seconds of ' +
      'work on a phone',
    () => {
      const of = (unpaidSeats: number) =>
        work({ unpaidSeats }) / workOf({ rounds: 1_000, zeros: 2 });
      expect([500, 800, 1_100, 1_400, 1_700, 2_000].map(of)).toEqual(
        [1, 2, 4, 8, 16, 16].slice(0, 6),
      );
      expect(price({ unpaidSeats: 2_000, isNetworkProven: true })).toBeUndefined();
    },
  );

  it('is the higher of two', () => {
    const [cheap, dear] = [
      { rounds: 16_000, zeros: 2 },
      { rounds: 2_000, zeros: 3 },
    ];
    expect(dearer(cheap, dear)).toBe(dear);
    expect(dearer(dear, cheap)).toBe(dear);
    expect([
      dearer(undefined, cheap),
      dearer(cheap, undefined),
      dearer(undefined, undefined),
    ]).toEqual([...[cheap, cheap, undefined]]);
  });
});
