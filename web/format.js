const LOCALE = globalThis.navigator?.language || 'en';

const CURRENCIES_BY_DIGITS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
/**
 * Decimal digits by ISO 4217 where they differ from two. `Intl` uses other digits for some of
 * these.
 */
const DIGITS = new Map(
  Object.entries(CURRENCIES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)]),
  ),
);

/** @type {Map<string, {format: any, unit: number}>} */
const currencies = new Map();

/** @param {string} currency */
function currencyFormat(currency) {
  let known = currencies.get(currency);
  if (!known) {
    const digits = DIGITS.get(currency) ?? 2;
    const whole = {
      style: 'currency',
      currency,
      trailingZeroDisplay: 'stripIfInteger',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    };
    known = {
      format: new Intl.NumberFormat(LOCALE, /** @type {any} */ (whole)),
      unit: 10 ** digits,
    };
    currencies.set(currency, known);
  }
  return known;
}

/**
 * @param {{amountMinor: number, currency: string}} money an integer in the currency's minor unit
 */
export function money({ amountMinor, currency }) {
  try {
    const { format, unit } = currencyFormat(currency);
    return format.format(amountMinor / unit);
  } catch {
    return `${amountMinor / 100} ${currency}`;
  }
}

const numbers = new Intl.NumberFormat(LOCALE);
/** @param {number} value */
export const count = (value) => numbers.format(value);
/** @param {number} value @param {string} one @param {string} [many] */
export const plural = (value, one, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

/**
 * Formats a time in the time zone of the venue, or in UTC if the browser does not know the zone.
 * @param {string} iso @param {string | undefined} timeZone @param {Record<string, any>} options
 */
export function venueTime(iso, timeZone, options) {
  const date = new Date(iso);
  try {
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone }).format(date);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, {
      ...options,
      timeZone: 'UTC',
      timeZoneName: 'short',
    }).format(date);
  }
}

/** @param {string} iso @param {string} [timeZone] */
export const longDate = (iso, timeZone) =>
  venueTime(iso, timeZone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });

/** @param {number} ms time left, as `9:59`, `1:02:03` or `3 days 4 h` */
export function timeLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  if (days > 0) return `${plural(days, 'day')} ${Math.floor((seconds % 86_400) / 3600)} h`;
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '');
}

/** @param {number} ms time left, for screen readers: `2 minutes and 5 seconds` */
export function spokenTimeLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const parts = [];
  if (minutes > 0) parts.push(plural(minutes, 'minute'));
  if (seconds % 60 > 0 || minutes === 0) parts.push(plural(seconds % 60, 'second'));
  return parts.join(' and ');
}
