/** One word of a text as it is searched: folded, and where it stood. */
export interface Word {
  readonly word: string;
  /**
   * Part of something written as one, such as `Quarter-final`: the number of the compound in its
   * text.
   */
  readonly compound?: number;
}

/** Letters that fold to others and do not come apart into a letter and its accent. */
const FOLDS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ŋ: 'n', ħ: 'h' },
  // Arabic: letters that are used interchangeably, and the stroke that only lengthens a word.
  ...{ ى: 'ي', ة: 'ه', ـ: '' },
};
// A million of texts are folded when an index is built, and most have nothing to fold.
// eslint-disable-next-line no-control-regex
const PLAIN = /^[\x00-\x7f]*$/;
const FOLDED = new RegExp(`[${Object.keys(FOLDS).join('')}]`, 'g');

/** Lower case without accents: `Curaçao` and `CURACAO` are one word. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(FOLDED, (letter) => FOLDS[letter]!)
    .normalize('NFC');
}

/** Spellings for keyboards without these letters: `Öl` as `Oel`. */
const SPELLED: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' };
const TO_SPELL = new RegExp(`[${Object.keys(SPELLED).join('')}]`, 'giu');

const spelledOut = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text.normalize('NFC').replace(TO_SPELL, (letter) => SPELLED[letter.toLowerCase()]!);

/** An apostrophe is left out, not a boundary: `Levi's` is `levis`. */
const APOSTROPHES = /['’ʼ`´]/g;
/** Symbols that stand for a letter inside a name: `P!nk`, `Ke$ha`, `A$AP`. */
const SYMBOL_LETTERS: readonly (readonly [symbol: RegExp, letter: string])[] = [
  [/(?<=\p{L})!(?=\p{L})/gu, 'i'],
  [/(?<=\p{L})\$(?=\p{L})|(?<![\p{L}\p{N}])\$(?=\p{L}{2})/gu, 's'],
];
/** Scripts without blanks between words, and Hangul, whose words are joined freely. */
const UNSPACED_SCRIPTS = [
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
];
const UNSPACED_CLASS = `[ー${UNSPACED_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`;
const UNSPACED_OR_NOT = new RegExp(`${UNSPACED_CLASS}+|(?:(?!${UNSPACED_CLASS}).)+`, 'gu');
const UNSPACED = new RegExp(UNSPACED_CLASS, 'u');
/** Words joined by one of these without a blank are a compound: `Mercedes-Benz`, `AT&T`, `A.C.`. */
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑–&.+][\p{L}\p{N}]+)*/gu;
const PART = /[\p{L}\p{N}]+/gu;
/** Short names written with a stroke, such as `AC/DC`: they are looked for as one word too. */
const STROKED = /(?<![\p{L}\p{N}/])[\p{L}\p{N}]{1,4}(?:\/[\p{L}\p{N}]{1,4})+(?![\p{L}\p{N}/])/gu;
/** A name of symbols only, such as `!!!`, between blanks or brackets. Separators are not names. */
const SYMBOL_NAME = new RegExp(
  [
    /(?<=^|[\s([{"])/,
    /(?![-–—&+|/·•,:;.]+(?:$|[\s)\]}"]))/,
    /(?:(?!["'\\|()[\]{}])[\p{S}\p{P}])+/u,
    /(?=$|[\s)\]}"])/,
  ]
    .map(({ source }) => source)
    .join(''),
  'gu',
);
/** The Arabic article, also behind `and`, `with`, `as` and `so`, before three letters or more. */
const ARABIC_ARTICLE = /^[وبكف]?ال(?=\p{Script=Arabic}{3})/u;
/** Longer words are cut: no one types them, and an index has its limits. Characters. */
export const MAX_WORD_LENGTH = 40;

/** Never in the middle of a letter that takes two places. */
const cut = (word: string): string =>
  word.slice(0, MAX_WORD_LENGTH).replace(/[\ud800-\udbff]$/, '');

export const isUnspaced = (word: string): boolean => !PLAIN.test(word) && UNSPACED.test(word);

/** An Arabic word is the same word with and without its article. */
const withoutArticle = (word: string): string => word.replace(ARABIC_ARTICLE, '');

function readable(text: string): string {
  const bare = text.replace(APOSTROPHES, '');
  return SYMBOL_LETTERS.reduce((read, [symbol, letter]) => read.replace(symbol, letter), bare);
}

/** One word of a text, folded as in the index. */
export const foldWord = (word: string): string => withoutArticle(fold(readable(word)));

/**
 * The words of a text in their order. A run of text without blanks is split into all its pairs of
 * characters and its last character, so that any word inside it is found by its pairs.
 */
export const wordsOf = (text: string): Word[] => cutIntoWords(text, pairsAndLast);

/**
 * The words that a query searches for: only the pairs of a run without blanks, or its single
 * character.
 */
export const wordsLookedFor = (text: string): Word[] => cutIntoWords(text, pairs);

function cutIntoWords(text: string, cutUnspaced: (stretch: string) => string[]): Word[] {
  const words: Word[] = [];
  let compounds = 0;
  for (const [run] of fold(readable(text)).matchAll(COMPOUND)) {
    const parts = run.match(PART)!;
    if (isUnspaced(run)) {
      for (const word of parts.flatMap((part) => ofMixed(part, cutUnspaced))) words.push({ word });
    } else if (parts.length === 1) words.push({ word: cut(withoutArticle(parts[0]!)) });
    else {
      compounds++;
      for (const part of parts) words.push({ word: cut(part), compound: compounds });
    }
  }
  return words;
}

const ofMixed = (part: string, cutUnspaced: (stretch: string) => string[]): string[] =>
  part
    .match(UNSPACED_OR_NOT)!
    .flatMap((stretch) => (UNSPACED.test(stretch) ? cutUnspaced(stretch) : [cut(stretch)]));

function pairs(stretch: string): string[] {
  const characters = [...stretch];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => characters[at]! + character);
}

/** Adds the last character, because no pair begins with it. */
const pairsAndLast = (stretch: string): string[] => [
  ...new Set([...pairs(stretch), [...stretch].at(-1)!]),
];

/** Names of symbols only in a text, such as `!!!`. */
export const symbolNames = (text: string): string[] => (text.match(SYMBOL_NAME) ?? []).map(cut);

/**
 * Other words by which a text is found: umlauts spelled out (`Oel` for `Öl`), short names without
 * their strokes (`acdc`), Arabic words with their article, and names of symbols.
 */
export function otherWordsOf(text: string): string[] {
  const known = new Set(joined(wordsOf(text)));
  const spelled = PLAIN.test(text) ? [] : joined(wordsOf(spelledOut(text)));
  const unstroked = (text.match(STROKED) ?? []).map((name) => fold(name.replaceAll('/', '')));
  const withArticle = PLAIN.test(text)
    ? []
    : (fold(text).match(PART) ?? []).filter((word) => withoutArticle(word) !== word).map(cut);
  const others = [...spelled, ...unstroked, ...withArticle, ...symbolNames(text)];
  return [...new Set(others)].filter((word) => !known.has(word));
}

/** Each word of the text as it is spelled without umlauts, in the order of `wordsLookedFor`. */
export const spelledWordsLookedFor = (text: string): Word[] => wordsLookedFor(spelledOut(text));

/** Words that say nothing about which event is meant. */
const STOP_WORDS = new Set(
  'the at in of on for v vs versus and with to from by und et y contra'.split(' '),
);

/** Without the words that say nothing, unless there are no others (`The The`). */
export function telling<W extends Word>(words: readonly W[]): readonly W[] {
  const left = words.filter(
    ({ word, compound }) => compound !== undefined || !STOP_WORDS.has(word),
  );
  return left.length > 0 ? left : words;
}

/** As one word each, the way they are indexed: `Quarter-final` is `quarterfinal`. */
export function joined(words: readonly Word[]): string[] {
  const out: string[] = [];
  let open: number | undefined;
  for (const { word, compound } of words) {
    if (compound !== undefined && compound === open) out[out.length - 1] += word;
    else out.push(word);
    open = compound;
  }
  return out.map(cut);
}

/** How many letters a word may be wrong in: none where a wrong letter makes another word. */
export function typosAllowed(word: string): 0 | 1 | 2 {
  if (word.length < 4 || /\p{N}/u.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/**
 * Letters to insert, remove, exchange or swap with their neighbour to make `b` of `a`; more than
 * `most` is `most + 1`.
 */
export function typosBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(exchanged, row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return Math.min(row[b.length]!, most + 1);
}
