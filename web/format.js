const LOCALE = globalThis.navigator?.language || 'en';

/**
 * Digits behind the point by ISO 4217, where they are not two: what `Intl` writes for a currency is another matter.
 * @type {Record<string, number>}
 */
const DIGITS = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0 },
  ...{ RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4 },
};

/** @type {Map<string, {format: any, unit: number}>} */
const currencies = new Map();

/** @param {string} currency */
function currencyFormat(currency) {
  let known = currencies.get(currency);
  if (!known) {
    const digits = DIGITS[currency] ?? 2;
    const whole = {
      ...{ style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' },
      ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
    };
    known = {
      format: new Intl.NumberFormat(LOCALE, /** @type {any} */ (whole)),
      unit: 10 ** digits,
    };
    currencies.set(currency, known);
  }
  return known;
}

/** @param {{amountMinor: number, currency: string}} money an integer in the currency's minor unit */
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
 * A time as the clock on the venue's wall shows it.
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

/** @param {number} ms the same for the ear: `2 minutes and 5 seconds` */
export function spokenTimeLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const parts = [];
  if (minutes > 0) parts.push(plural(minutes, 'minute'));
  if (seconds % 60 > 0 || minutes === 0) parts.push(plural(seconds % 60, 'second'));
  return parts.join(' and ');
}
