import { minorDigits, type Money } from './money.js';

/** `Thursday, 11 June 2026 at 13:00 (America/Mexico_City)`: date and time in this time zone. */
export function timeInWords(startsAt: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone,
  });
  return `${format.format(new Date(startsAt))} (${timeZone})`;
}

/** Formats an amount such as `EUR 45.00`, with the digits of its currency. */
export function moneyInWords({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // Intl separates the code by a no-break space. Table columns need a plain one.
  return format.format(amountMinor / 10 ** digits).replaceAll('\u00a0', ' ');
}
