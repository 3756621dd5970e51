import {
  isUnspaced,
  joined,
  spelledWordsLookedFor,
  symbolNames,
  telling,
  typosAllowed,
  wordsLookedFor,
  type Word,
} from './words.js';

/** One word that is looked for. */
export interface SoughtWord {
  readonly word: string;
  /** Which count as the word itself: `3rd` is also `third`, `semi final` also `semifinal`. */
  readonly others: readonly string[];
  /** The last word may be the beginning of one, because it may still be typed. */
  readonly isPrefix: boolean;
  readonly typos: 0 | 1 | 2;
}

/** Parsed search text. */
export interface SoughtText {
  /** Words that are searched. */
  readonly words: readonly SoughtWord[];
  /**
   * Words such as `tickets`: an event that has them comes first, one that has not is found all the
   * same.
   */
  readonly optional: readonly string[];
  /** All words must match exactly: a single one would match too much. */
  readonly isStrict?: boolean;
}

/**
 * How closely an event has to match: all words as they are (the last as the beginning of one), all
 * words with a few letters wrong, or some of the words. A looser match is asked for when a closer
 * one finds nothing.
 */
export type Closeness = 'exact' | 'typos' | 'some';
export const CLOSENESSES: readonly Closeness[] = ['exact', 'typos', 'some'];

/** Words beyond these are not looked at. */
export const MAX_SOUGHT_WORDS = 10;
/** Shorter beginnings stand for too many words to tell anything. */
export const MIN_PREFIX_LENGTH = 2;

const OPTIONAL = new Set(
  'ticket tickets match matches game games event events show shows live'.split(' '),
);
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const NUMBERS: Readonly<Record<string, string>> = {
  sixteen: '16',
  quarters: 'quarter',
  semis: 'semi',
};

/** After a number, these words mean a quantity of tickets, not a part of a name. */
const COUNTED = new Set(
  (
    'ticket tickets seat seats place places karte karten platz platze ' +
    'billet billets entrada entradas boleto boletos'
  ).split(' '),
);
const QUANTITY = /^\d{1,2}$/;

interface Asked extends Word {
  /** The spelling without umlauts, if different: `oel` for `Öl`. */
  readonly spelled: string;
}

/** Undefined for a text without words. */
export function readText(text: string): SoughtText | undefined {
  const all = telling(askedWords(text)).slice(0, MAX_SOUGHT_WORDS);
  const symbols = symbolNames(text).slice(0, MAX_SOUGHT_WORDS);
  if (all.length === 0) return symbols.length > 0 ? strict(symbols) : undefined;
  const isQuantity = ({ word }: Asked, at: number) =>
    QUANTITY.test(word) && COUNTED.has(all[at + 1]?.word ?? '');
  const needed = all.filter((one, at) => !OPTIONAL.has(one.word) && !isQuantity(one, at));
  // `2 tickets` alone names no event: all of it must match exactly.
  if (needed.length === 0) return strict(all.map(({ word }) => word));
  const optional = all.filter((one) => !needed.includes(one)).map(({ word }) => word);
  // A blank behind the last word says that it is complete, but people type one and go on.
  const last = all.at(-1)!;
  return {
    words: needed.map((one, at) => ({
      word: one.word,
      others: othersOf(needed, at),
      isPrefix: one === last && mayBeUnfinished(one.word) && !isMostlyAccents(text),
      typos: typosAllowed(one.word),
    })),
    optional: [...optional, ...symbols],
  };
}

function askedWords(text: string): Asked[] {
  const spelled = spelledWordsLookedFor(text);
  return wordsLookedFor(text).map((word, at) => ({ ...word, spelled: spelled[at]!.word }));
}

const strict = (words: readonly string[]): SoughtText => ({
  words: words.map((word) => ({ word, others: [], isPrefix: false, typos: 0 })),
  optional: [],
  isStrict: true,
});

/** One character of a script without blanks is a word and the beginning of pairs. */
export const mayBeUnfinished = (word: string): boolean =>
  word.length >= MIN_PREFIX_LENGTH || isUnspaced(word);

const LATIN_LETTERS = /\p{Script=Latin}/gu;
const ACCENTED_LETTERS = /\p{Script=Latin}\p{M}+/gu;

/**
 * An unfinished word rarely has accents on most letters: folded, `üñí` would match everything that
 * begins with `uni`.
 */
function isMostlyAccents(text: string): boolean {
  const last = text.trim().split(/\s+/).at(-1)!.normalize('NFD');
  const letters = last.match(LATIN_LETTERS)?.length ?? 0;
  return (last.match(ACCENTED_LETTERS)?.length ?? 0) * 2 > letters;
}

function othersOf(words: readonly Asked[], at: number): string[] {
  const { word, compound, spelled } = words[at]!;
  if (isUnspaced(word)) return [];
  const others: string[] = [spelled];
  const [, number] = /^(\d+)(?:st|nd|rd|th)$/.exec(word) ?? [];
  if (number !== undefined)
    others.push(number, ...ORDINALS.slice(Number(number) - 1, Number(number)));
  if (NUMBERS[word] !== undefined) others.push(NUMBERS[word]);
  if (at > 0) others.push(words[at - 1]!.word + word);
  if (at < words.length - 1) others.push(word + words[at + 1]!.word);
  if (compound !== undefined) {
    const whole = words.filter((one) => one.compound === compound);
    others.push(...joined(whole));
  }
  return [...new Set(others)].filter((other) => other !== word);
}
