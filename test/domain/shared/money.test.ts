import { moneyInWords } from '../../../src/domain/shared/in-words.js';
import { minorDigits } from '../../../src/domain/shared/money.js';

describe('An amount in minor units, in words', () => {
  it.each([
    [150_000, 'EUR', 'EUR 1,500.00'],
    [1_500, 'JPY', 'JPY 1,500'],
    [1_500, 'ISK', 'ISK 1,500'],
    [12_345, 'KWD', 'KWD 12.345'],
    // Mostly written without hundredths, and charged in them.
    [1_500_000, 'HUF', 'HUF 15,000.00'],
    [15_000_050, 'IDR', 'IDR 150,000.50'],
    [50_000, 'COP', 'COP 500.00'],
    [12_345, 'IQD', 'IQD 12.345'],
  ])('%d %s is %s', (amountMinor, currency, words) => {
    expect(moneyInWords({ amountMinor, currency })).toBe(words);
  });

  it('has as many digits on the page', async () => {
    // Of a browser.
    Object.assign(globalThis, { navigator: { language: 'en' } });
    const { money } = (await import('../../../web/format' + '.js')) as {
      money: typeof moneyInWords;
    };
    for (const currency of Intl.supportedValuesOf('currency')) {
      const shown = money({ amountMinor: 123_456_789, currency })
        .replace(/[^\d.]/g, '')
        .replace(/^\.+/, '');
      expect([currency, shown]).toEqual([
        currency,
        (123_456_789 / 10 ** minorDigits(currency)).toFixed(minorDigits(currency)),
      ]);
    }
  });
});
