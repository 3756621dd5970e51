/**
 * What a word is worth where it is found, the same in every engine: whole numbers, so that two engines, and two pages of
 * one search, rank alike. A word counts once, for the best place it is found in.
 */
export const FIELDS = ['title', 'place', 'detail', 'about'] as const;
export type Field = (typeof FIELDS)[number];

export const WEIGHTS: Readonly<Record<Field, { whole: number; prefix: number; typo: number }>> = {
  title: { whole: 100, prefix: 68, typo: 50 },
  place: { whole: 70, prefix: 48, typo: 35 },
  detail: { whole: 40, prefix: 28, typo: 20 },
  about: { whole: 20, prefix: 14, typo: 10 },
};

/** For two words that were looked for one after the other and stand so. */
export const PAIR_WEIGHTS: Readonly<Record<Field, number>> = { title: 40, place: 40, detail: 20, about: 30 };

/** For a name that is what was looked for, all of it. */
export const NAME_WEIGHT = 100;
/** For a word that need not be there. */
export const OPTIONAL_WEIGHT = 1;
