import { Transform } from 'class-transformer';
import {
  isEmail,
  isISO31661Alpha2,
  ValidateBy,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { getAllTimezones } from 'countries-and-timezones';
import { isLines, isName } from '../../domain/shared/text.js';
import { MAX_EMAIL_LENGTH } from '../../read-models/ticket/contacts.js';

/** The field may be missing. `null` is not the same: the other rules reject it. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The field may be missing or `null`, which has a meaning of its own. */
export const MayBeNull = (): PropertyDecorator =>
  ValidateIf((_, value) => value !== undefined && value !== null);

/** Lengths in UTF-16 code units. */
export const MAX_NAME_LENGTH = 200;
export const MAX_DESCRIPTION_LENGTH = 10_000;
export const MAX_PERFORMERS = 50;
export const MAX_PRICES = 200;
export const MAX_REASON_LENGTH = 500;
/** Length of an id in a path or a body. */
export const MAX_ID_LENGTH = 64;

const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u;
/** ISO 8601 with an offset: a time without one depends on the machine's time zone. */
const INSTANT = /^\d{4}-[01]\d-[0-3]\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const PLACE = /^([+-]?\d{1,2}(?:\.\d{1,15})?), ?([+-]?\d{1,3}(?:\.\d{1,15})?)$/;
const CODE = /^[A-Za-z]{2,3}$/;

const currencies = new Set(Intl.supportedValuesOf('currency'));
/** IANA names by their lower-case form. */
const timeZones = new Map(
  Object.keys(getAllTimezones({ deprecated: true })).map((name) => [name.toLowerCase(), name]),
);

type Check = (value: unknown) => boolean;

const rule =
  (name: string, check: Check, message: string) =>
  (options: ValidationOptions = {}): PropertyDecorator =>
    ValidateBy(
      {
        name,
        validator: {
          validate: check,
          defaultMessage: () => (options.each ? `each ${message}` : message),
        },
      },
      options,
    );

const isShort = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max;

const text = (value: unknown, max: number, pattern: RegExp): value is string =>
  isShort(value, max) && pattern.test(value);

/** One line of text with a visible character and without direction controls. */
export const IsLine = (
  max: number = MAX_NAME_LENGTH,
  options: ValidationOptions = {},
): PropertyDecorator =>
  rule(
    'isLine',
    (value) => isShort(value, max) && isName(value),
    `must be a single-line string of 1 to ${max} characters, ` +
      'one of them visible, without direction controls',
  )(options);

export const IsLines = (max: number): PropertyDecorator =>
  rule(
    'isLines',
    (value) => isShort(value, max) && isLines(value),
    `must be a string of at most ${max} characters`,
  )();

/**
 * An id of a venue, event or similar. A route answers 404 to a text that is not an id, never an
 * error.
 */
export const IsId = (options: ValidationOptions = {}): PropertyDecorator =>
  rule('isId', isId, `must be an id of 1 to ${MAX_ID_LENGTH} visible characters`)(options);

export const isId = (value: unknown): value is string =>
  text(value, MAX_ID_LENGTH, /^[\x21-\x7e]+$/);

/**
 * Returns whether the text is base64url of one line; any other text cannot be a cursor of a page.
 */
export const isCursor = (value: string): boolean =>
  ONE_LINE.test(Buffer.from(value, 'base64url').toString());

export const IsInstant = rule(
  'isInstant',
  isInstant,
  'must be a time in ISO 8601 with Z or an offset, such as 2026-06-11T19:00:00Z',
);

export function isInstant(value: unknown): value is string {
  return text(value, 40, INSTANT) && !Number.isNaN(Date.parse(value)) && isDay(value.slice(0, 10));
}

/**
 * A day of the calendar (`Date` reads 31 February as 3 March) in a year that every database
 * accepts.
 */
function isDay(day: string): boolean {
  const year = Number(day.slice(0, 4));
  const time = Date.parse(`${day}T00:00Z`);
  return (
    year >= 1900 &&
    year <= 9000 &&
    !Number.isNaN(time) &&
    new Date(time).toISOString().startsWith(day)
  );
}

const LOCAL_TIME = /^\d{4}-[01]\d-[0-3]\d(?:T[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?)?$/;

export const IsTimeBound = rule(
  'isTimeBound',
  (value) => text(value, 40, ONE_LINE) && timeBoundOf(value) !== undefined,
  'must be a time in ISO 8601 with Z or an offset, ' +
    'or a day or a time at the venue such as 2026-06-11 or 2026-06-11T19:00',
);

/**
 * Returns a time with an offset as an instant, and one without as local time at the venue, as if
 * that were UTC. Milliseconds.
 */
export function timeBoundOf(value: string): { instant: number } | { local: number } | undefined {
  if (!isDay(value.slice(0, 10))) return undefined;
  if (INSTANT.test(value)) {
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? undefined : { instant };
  }
  if (!LOCAL_TIME.test(value)) return undefined;
  const local = Date.parse(value.length === 10 ? `${value}T00:00Z` : `${value}Z`);
  return Number.isNaN(local) ? undefined : { local };
}

export const IsPlace = rule(
  'isPlace',
  (value) => typeof value === 'string' && placeOf(value) !== undefined,
  'must be a latitude from -90 to 90 and a longitude from -180 to 180, such as 48.85,2.35',
);

/** Parses a latitude and a longitude in degrees, separated by a comma. */
export function placeOf(text: string): { lat: number; lon: number } | undefined {
  const [, lat, lon] = PLACE.exec(text) ?? [];
  const place = { lat: Number(lat), lon: Number(lon) };
  return Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180 ? place : undefined;
}

export const IsCurrency = rule(
  'isCurrency',
  (value) => typeof value === 'string' && currencies.has(value),
  'must be an ISO 4217 currency code, such as EUR',
);

export const IsCountry = rule(
  'isCountry',
  (value) => typeof value === 'string' && isISO31661Alpha2(value),
  'must be an ISO 3166-1 country code of two letters, such as MX, or GB for the United Kingdom',
);

/**
 * Returns a code of a country or currency in capitals, for `Transform`. Codes are stored and
 * compared in capitals.
 */
export const inCapitals = ({ value }: { readonly value: unknown }): unknown =>
  typeof value === 'string' && CODE.test(value) ? value.toUpperCase() : value;

const isZone = rule(
  'isTimeZoneName',
  (value) => typeof value === 'string' && isTimeZone(value),
  'must be an IANA time zone, such as America/Mexico_City',
);

/**
 * An IANA time zone in any case, normalized to the IANA spelling: `europe/berlin` becomes
 * `Europe/Berlin`.
 */
export const IsTimeZoneName = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { readonly value: unknown }) =>
    typeof value === 'string' ? (timeZones.get(value.toLowerCase()) ?? value) : value,
  )(target, property);
  isZone()(target, property);
};

/** Returns whether the name is an IANA time zone that this version of Node supports. */
function isTimeZone(name: string): boolean {
  if (!timeZones.has(name.toLowerCase())) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Characters of a quoted local part, which could end an address in a mail header, so they are
 * rejected.
 */
const QUOTED = /["\\(),:;<>[\]]/;

/** Returns whether the value is exactly one mail address (RFC 5321). */
export const isEmailAddress = (value: unknown): value is string =>
  isShort(value, MAX_EMAIL_LENGTH) && !QUOTED.test(value) && isEmail(value);
