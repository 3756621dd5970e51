import { minorDigits, type Money } from './money.js';

/** `Thursday, 11 June 2026 at 13:00 (America/Mexico_City)`: the day and the time as the clocks there show them. */
export function timeInWords(startsAt: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone,
  });
  return `${format.format(new Date(startsAt))} (${timeZone})`;
}

/** `EUR 45.00`, with as many digits as the currency has. */
export function moneyInWords({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency);
  const format = new Intl.NumberFormat('en', {
    ...{ style: 'currency', currency, currencyDisplay: 'code' },
    ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
  });
  // The code is set off by a space that does not break; columns want a plain one.
  return format.format(amountMinor / 10 ** digits).replaceAll('\u00a0', ' ');
}
