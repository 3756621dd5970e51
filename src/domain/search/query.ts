import { joined, telling, typosAllowed, wordsOf, type Word } from './words.js';

/** One word that is looked for. */
export interface SoughtWord {
  readonly word: string;
  /** Which count as the word itself: `3rd` is also `third`, `semi final` also `semifinal`. */
  readonly others: readonly string[];
  /** The last word may be the beginning of one, because it may still be typed. */
  readonly isPrefix: boolean;
  readonly typos: 0 | 1 | 2;
}

/** What a text asks for. */
export interface SoughtText {
  /** An event is looked for by these. */
  readonly words: readonly SoughtWord[];
  /** Words such as `tickets`: an event that has them comes first, one that has not is found all the same. */
  readonly optional: readonly string[];
}

/**
 * How closely an event has to match: all words as they are (the last as the beginning of one), all words with a few
 * letters wrong, or some of the words. A looser match is asked for when a closer one finds nothing.
 */
export type Closeness = 'exact' | 'typos' | 'some';
export const CLOSENESSES: readonly Closeness[] = ['exact', 'typos', 'some'];

/** Words beyond these are not looked at. */
export const MAX_SOUGHT_WORDS = 10;
/** Shorter beginnings stand for too many words to tell anything. */
export const MIN_PREFIX_LENGTH = 2;

const OPTIONAL = new Set('ticket tickets match matches game games event events show shows live'.split(' '));
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const NUMBERS: Readonly<Record<string, string>> = { sixteen: '16', quarters: 'quarter', semis: 'semi' };

/** Undefined for a text without words. */
export function readText(text: string): SoughtText | undefined {
  const all = telling(wordsOf(text)).slice(0, MAX_SOUGHT_WORDS);
  if (all.length === 0) return undefined;
  const needed = all.filter(({ word }) => !OPTIONAL.has(word));
  const words = needed.length > 0 ? needed : all;
  const optional = needed.length > 0 ? all.filter(({ word }) => OPTIONAL.has(word)) : [];
  // A blank behind the last word says that it is complete, but people type one and go on.
  const last = all.at(-1)!;
  return {
    words: words.map(({ word }, at) => ({
      word,
      others: othersOf(words, at),
      isPrefix: words[at] === last && word.length >= MIN_PREFIX_LENGTH,
      typos: typosAllowed(word),
    })),
    optional: optional.map(({ word }) => word),
  };
}

function othersOf(words: readonly Word[], at: number): string[] {
  const { word, compound } = words[at]!;
  const others: string[] = [];
  const [, number] = /^(\d+)(?:st|nd|rd|th)$/.exec(word) ?? [];
  if (number !== undefined) others.push(number, ...ORDINALS.slice(Number(number) - 1, Number(number)));
  if (NUMBERS[word] !== undefined) others.push(NUMBERS[word]);
  if (at > 0) others.push(words[at - 1]!.word + word);
  if (at < words.length - 1) others.push(word + words[at + 1]!.word);
  if (compound !== undefined) {
    const whole = words.filter((one) => one.compound === compound);
    others.push(...joined(whole));
  }
  return [...new Set(others)].filter((other) => other !== word);
}
