import fc from 'fast-check';
import { shuffledPlace } from '../../src/domain/waiting-room/shuffle.js';

describe('the queue on the page', () => {
  it('computes the same place as the service', async () => {
    const page = (await import('../../web/sale/shuffle.js' as string)) as {
      shuffledPlace: typeof shuffledPlace;
    };
    const hex = fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 32,
      maxLength: 32,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000_000, max: 20_000_000 }),
        fc.integer({ min: 0, max: 20_000_000 }),
        hex,
        (number, early, seed) => {
          expect(page.shuffledPlace(number, early, seed)).toBe(shuffledPlace(number, early, seed));
        },
      ),
    );
  });
});
