/** One word of a text as it is searched: folded, and where it stood. */
export interface Word {
  readonly word: string;
  /** Part of something written as one, such as `Quarter-final`: the number of the compound in its text. */
  readonly compound?: number;
}

/** Letters that fold to others and do not come apart into a letter and its accent. */
const FOLDS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ŋ: 'n', ħ: 'h' },
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
    .replace(FOLDED, (letter) => FOLDS[letter]!);
}

/** An apostrophe is left out, not a boundary: `Levi's` is `levis`. */
const APOSTROPHES = /['’ʼ`´]/g;
/** Words joined by one of these without a blank are a compound: `Mercedes-Benz`, `AT&T`, `A.C.`. */
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑–&.+][\p{L}\p{N}]+)*/gu;
const PART = /[\p{L}\p{N}]+/gu;
/** Longer words are cut: no one types them, and an index has its limits. Characters. */
export const MAX_WORD_LENGTH = 40;

/** Never in the middle of a letter that takes two places. */
const cut = (word: string): string => word.slice(0, MAX_WORD_LENGTH).replace(/[\ud800-\udbff]$/, '');

/** The words of a text in their order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let compounds = 0;
  for (const [run] of fold(text.replace(APOSTROPHES, '')).matchAll(COMPOUND)) {
    const parts = run.match(PART)!.map((part) => cut(part));
    if (parts.length === 1) words.push({ word: parts[0]! });
    else {
      compounds++;
      for (const word of parts) words.push({ word, compound: compounds });
    }
  }
  return words;
}

/** Words that say nothing about which event is meant. */
const STOP_WORDS = new Set('the at in of on for v vs versus and with to from by und et y contra'.split(' '));

/** Without the words that say nothing, unless there are no others (`The The`). */
export function telling(words: readonly Word[]): readonly Word[] {
  const left = words.filter(({ word, compound }) => compound !== undefined || !STOP_WORDS.has(word));
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

/** Letters to insert, remove, exchange or swap with their neighbour to make `b` of `a`; more than `most` is `most + 1`. */
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
