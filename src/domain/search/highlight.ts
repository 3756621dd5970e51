import type { Closeness, SoughtText } from './query.js';
import { fold, foldWord, isUnspaced, otherWordsOf, typosBetween } from './words.js';

/**
 * Letters, digits and their marks; also a symbol used as a letter between two of them, as in
 * `P!nk`.
 */
const LETTERS = String.raw`(?:\$(?=\p{L}))?[\p{L}\p{N}\p{M}'’ʼ]+(?:[!$]+[\p{L}\p{M}]+)*`;
const WORD = new RegExp(LETTERS, 'gu');
/**
 * One word, or several that are written as one: these are indexed also as if nothing stood between.
 */
const RUN = new RegExp(`${LETTERS}(?:[-‐‑–&.+/]${LETTERS})*`, 'gu');
const CHARACTER = /\P{M}\p{M}*/gu;
const SYMBOLS = /[^\s\p{L}\p{N}]+/gu;
/** Characters of a description that are shown around what was found. */
const SNIPPET = 160;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);

/**
 * The text as HTML, all of its own characters escaped, with `<mark>` around the words that were
 * looked for; undefined when there are none. A long text is cut to what surrounds the first.
 */
export function highlight(
  text: string,
  sought: SoughtText,
  closeness: Closeness,
): string | undefined {
  const marks: Mark[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const found = isUnspaced(run) ? marksWithin(run, sought) : wordMarks(run, sought, closeness);
    for (const [from, to] of found) marks.push([index + from, index + to]);
  }
  if (marks.length === 0) marks.push(...symbolMarks(text, sought));
  if (marks.length === 0) return undefined;
  const [from, to] = windowOf(text, marks[0]![0]);
  let html = from > 0 ? '…' : '';
  let at = from;
  for (const [start, end] of marks) {
    if (end > to) break;
    html += escapeHtml(text.slice(at, start));
    html += `<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + escapeHtml(text.slice(at, to)) + (to < text.length ? '…' : '');
}

type Mark = [from: number, to: number];

const plain = foldWord;

/** The words of a run that were looked for; the whole run, if its joined words were. */
function wordMarks(run: string, sought: SoughtText, closeness: Closeness): Mark[] {
  const words = [...run.matchAll(WORD)];
  const found = words.filter(({ 0: word }) =>
    [plain(word), ...otherWordsOf(word)].some((form) => isSought(form, sought, closeness)),
  );
  if (found.length > 0) {
    return found.map(({ 0: word, index }): Mark => [index, index + word.length]);
  }
  const whole = words.map(({ 0: word }) => plain(word)).join('');
  return words.length > 1 && isSought(whole, sought, closeness) ? [[0, run.length]] : [];
}

/** Every match inside a run of text without blanks; adjacent matches are merged. */
function marksWithin(run: string, { words }: SoughtText): Mark[] {
  let folded = '';
  /** For each UTF-16 code unit of `folded`, the start and end of its character in `run`. */
  const places: Mark[] = [];
  for (const { 0: character, index } of run.matchAll(CHARACTER)) {
    const plainly = fold(character);
    folded += plainly;
    for (let unit = 0; unit < plainly.length; unit++)
      places.push([index, index + character.length]);
  }
  const marks = words.flatMap(({ word }) => {
    const found: Mark[] = [];
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1))
      found.push([places[at]![0], places[at + word.length - 1]![1]]);
    return found;
  });
  return touching(marks.sort(([one], [other]) => one - other));
}

function touching(marks: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  for (const [from, to] of marks) {
    const before = out.at(-1);
    if (before && from <= before[1]) before[1] = Math.max(before[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** A name that consists of symbols only. */
function symbolMarks(text: string, { words }: SoughtText): Mark[] {
  return [...text.matchAll(SYMBOLS)].flatMap(({ 0: symbols, index }): Mark[] =>
    words.some(({ word }) => symbols.includes(word)) ? [[index, index + symbols.length]] : [],
  );
}

function isSought(word: string, { words }: SoughtText, closeness: Closeness): boolean {
  return words.some((one) => {
    if (word === one.word || one.others.includes(word)) return true;
    if (one.isPrefix && word.startsWith(one.word)) return true;
    return (
      closeness !== 'exact' && one.typos > 0 && typosBetween(one.word, word, one.typos) <= one.typos
    );
  });
}

function windowOf(text: string, first: number): [from: number, to: number] {
  if (text.length <= SNIPPET) return [0, text.length];
  const near = Math.max(0, first - SNIPPET / 4);
  const from = near === 0 ? 0 : text.indexOf(' ', near) + 1 || near;
  const end = Math.min(text.length, Math.max(from, first) + SNIPPET);
  const to = end === text.length ? end : Math.max(first + 1, text.lastIndexOf(' ', end));
  return [Math.min(from, first), to];
}
