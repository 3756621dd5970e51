import type { SearchDocument } from './document.js';
import { MIN_PREFIX_LENGTH } from './query.js';
import { isUnspaced } from './words.js';

/**
 * Weights of a word by field, the same in every engine. Whole numbers give the same ranking in both
 * engines and on all pages of a search. A word counts once, with its highest weight.
 */
export const FIELDS = ['title', 'place', 'detail', 'about'] as const;
export type Field = (typeof FIELDS)[number];

export const WEIGHTS: Readonly<Record<Field, { whole: number; prefix: number; pair: number }>> = {
  title: { whole: 100, prefix: 68, pair: 40 },
  place: { whole: 70, prefix: 48, pair: 40 },
  about: { whole: 20, prefix: 14, pair: 30 },
  detail: { whole: 40, prefix: 28, pair: 20 },
};

/** For a word with letters that are wrong: in the title, and anywhere else. */
export const TYPO_WEIGHTS = { title: 50, elsewhere: 30 };
/** For a name that is what was looked for, all of it. */
export const NAME_WEIGHT = 100;
/** For a word that need not be there. */
export const OPTIONAL_WEIGHT = 1;

/** Longest beginning that is kept; what is typed beyond is cut to it. Characters. */
export const MAX_BEGINNING = 10;

/** Two words that follow each other, as one that no text can hold. */
export const pairOf = (one: string, other: string): string => `${one}_${other}`;

/** Everything by which a document is found, each with the best that it is worth there. */
export interface RankedWords {
  readonly words: ReadonlyMap<string, number>;
  readonly beginnings: ReadonlyMap<string, number>;
  readonly pairs: ReadonlyMap<string, number>;
}

export function rankedWords(document: SearchDocument): RankedWords {
  const words = new Map<string, number>();
  const beginnings = new Map<string, number>();
  const pairs = new Map<string, number>();
  const raise = (map: Map<string, number>, key: string, weight: number) => {
    if (!((map.get(key) ?? 0) >= weight)) map.set(key, weight);
  };
  for (const field of FIELDS) {
    const { whole, prefix, pair } = WEIGHTS[field];
    for (const entry of document.words[field]) {
      let before: string | undefined;
      for (const word of entry.split(' ')) {
        if (before !== undefined) raise(pairs, pairOf(before, word), pair);
        before = word;
        if ((words.get(word) ?? 0) >= whole) continue;
        words.set(word, whole);
        const longest = Math.min(word.length, MAX_BEGINNING);
        const shortest = isUnspaced(word) ? [...word][0]!.length : MIN_PREFIX_LENGTH;
        for (let end = shortest; end <= longest; end++)
          raise(beginnings, word.slice(0, end), prefix);
      }
    }
  }
  return { words, beginnings, pairs };
}
