import { fold, joined, telling, wordsOf } from './words.js';

/** Languages in which months, weekdays and countries are found. */
const LANGUAGES = ['en', 'es', 'fr', 'de', 'pt'] as const;

export interface LocalTime {
  /** On the clock there, in milliseconds, as if that were UTC. */
  readonly localStart: number;
  /** `2026-07` */
  readonly month: string;
  /** Lines of folded words: `july 19 2026 19 july`, `sunday domingo …`. */
  readonly words: readonly string[];
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** When that is at a place, in words. @param time milliseconds since the epoch */
export function monthAndDay(time: number, timeZone: string): LocalTime {
  let format = zones.get(timeZone);
  if (!format) zones.set(timeZone, (format = formatOf(timeZone)));
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(time)) part[type] = value;
  const { year, month, day, hour, minute, second } = part as Record<string, string>;
  const localStart = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  const date = new Date(localStart);
  const monthNames = MONTHS[date.getUTCMonth()]!;
  return {
    localStart,
    month: `${year}-${month}`,
    words: [
      `${monthNames[0]} ${+day!} ${year} ${+day!} ${monthNames[0]}`,
      monthNames.slice(1).join(' '),
      WEEKDAYS[date.getUTCDay()]!.join(' '),
      `${year}${month}${day}`,
    ],
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  return new Intl.DateTimeFormat('en-US', {
    ...{
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    },
  });
}

const inLanguages = (options: Intl.DateTimeFormatOptions, times: readonly number[]): string[][] =>
  times.map((time) => [
    ...new Set(
      LANGUAGES.map((language) =>
        fold(new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options }).format(time)),
      ),
    ),
  ]);

const MONTHS = inLanguages(
  { month: 'long' },
  Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 1)),
);
/** 4 January 2026 was a Sunday. */
const WEEKDAYS = inLanguages(
  { weekday: 'long' },
  Array.from({ length: 7 }, (_, day) => Date.UTC(2026, 0, 4 + day)),
);

/** Names by which a country is known beside those that `Intl` has. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  ...{
    US: ['USA', 'America', 'EEUU'],
    CZ: ['Czech Republic'],
    CI: ['Ivory Coast', 'Elfenbeinküste'],
  },
  ...{
    TR: ['Turkey'],
    CD: ['DR Congo', 'Congo DR'],
    BA: ['Bosnia'],
    KR: ['Korea Republic'],
    NL: ['Holland'],
  },
  ...{ GB: ['Great Britain', 'UK'], AE: ['UAE', 'Emirates'] },
};

/** Lines of folded words, one for each name. */
const byCode = new Map<string, readonly string[]>();
const codeOf = new Map<string, string>();
{
  const names = LANGUAGES.map(
    (language) => new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }),
  );
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const known = names.flatMap((name) => name.of(code) ?? []);
    if (known.length === 0) continue;
    const all = [...known, ...(ALSO[code] ?? [])];
    byCode.set(code, [...new Set(all.map((name) => joined(telling(wordsOf(name))).join(' ')))]);
    for (const name of all) {
      const key = plain(wordsOf(name));
      if (!codeOf.has(key)) codeOf.set(key, code);
    }
  }
}

function plain(words: readonly { readonly word: string }[]): string {
  return words.map(({ word }) => word).join(' ');
}

const NONE: readonly string[] = [];

/** All names of a country by its code, as lines of folded words; none for what is no country. */
export const wordsOfCountry = (code: string): readonly string[] => byCode.get(code) ?? NONE;

/** The same by one of its names, given in folded words. */
export const wordsOfCountryNamed = (
  words: readonly { readonly word: string }[],
): readonly string[] => byCode.get(codeOf.get(plain(words)) ?? '') ?? NONE;
