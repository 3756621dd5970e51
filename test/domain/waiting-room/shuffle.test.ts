import { commitmentTo, shuffledPlace } from '../../../src/domain/waiting-room/shuffle.js';

const SEED = '00112233445566778899aabbccddeeff';

describe('shuffling early arrivals', () => {
  it.each([1, 2, 3, 7, 64, 1_000, 4_097])(
    'gives each of %i its own place, all of them within',
    (size) => {
      const places = Array.from({ length: size }, (_, at) => shuffledPlace(at + 1, size, SEED));
      expect(places.toSorted((one, other) => one - other)).toEqual(places.map((_, at) => at + 1));
    },
  );

  it('leaves those who come after where they are, and those of an earlier row', () => {
    expect(shuffledPlace(1_001, 1_000, SEED)).toBe(1_001);
    for (const size of [0, 1, 2, 3, 50])
      for (let number = -899; number < 1; number++)
        expect(shuffledPlace(number, size, SEED)).toBe(number);
  });

  it('follows from the seed alone, and differs for another', () => {
    const places = (seed: string) =>
      Array.from({ length: 50 }, (_, at) => shuffledPlace(at + 1, 50, seed));
    expect(places(SEED)).toEqual(places(SEED));
    expect(places(SEED)).not.toEqual(places('f'.repeat(32)));
  });

  it(
    'favours nobody: over many seeds each tenth of the arrivals gets each tenth of ' +
      'the places alike',
    () => {
      const size = 1_000;
      const seeds = 200;
      const tenths = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
      for (let seed = 0; seed < seeds; seed++) {
        const text = commitmentTo(`seed ${seed}`).slice(0, 32);
        for (let number = 1; number <= size; number++) {
          const place = shuffledPlace(number, size, text);
          tenths[Math.floor((number - 1) / 100)]![Math.floor((place - 1) / 100)]!++;
        }
      }
      const expected = (size * seeds) / 100;
      const chiSquare = tenths
        .flat()
        .reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
      // 81 degrees of freedom: beyond 140 once in ten thousand. Without replacement it comes out
      // lower.
      expect(chiSquare).toBeLessThan(140);
    },
  );
});
