import type { Closeness, SoughtText } from './query.js';
import { fold, typosBetween } from './words.js';

const WORD = /[\p{L}\p{N}\p{M}'’ʼ]+/gu;
/** One word, or several that are written as one: these are indexed also as if nothing stood between. */
const RUN = /[\p{L}\p{N}\p{M}'’ʼ]+(?:[-‐‑–&.+][\p{L}\p{N}\p{M}'’ʼ]+)*/gu;
/** Characters of a description that are shown around what was found. */
const SNIPPET = 160;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);

/**
 * The text as HTML, all of its own characters escaped, with `<mark>` around the words that were looked for; undefined
 * when there are none. A long text is cut to what surrounds the first.
 */
export function highlight(text: string, sought: SoughtText, closeness: Closeness): string | undefined {
  const marks: [from: number, to: number][] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const words = [...run.matchAll(WORD)];
    const found = words.filter(({ 0: word }) => isSought(plain(word), sought, closeness));
    for (const { 0: word, index: at } of found) marks.push([index + at, index + at + word.length]);
    const whole = words.map(({ 0: word }) => plain(word)).join('');
    if (found.length === 0 && words.length > 1 && isSought(whole, sought, closeness))
      marks.push([index, index + run.length]);
  }
  if (marks.length === 0) return undefined;
  const [from, to] = windowOf(text, marks[0]![0]);
  let html = from > 0 ? '…' : '';
  let at = from;
  for (const [start, end] of marks) {
    if (end > to) break;
    html += `${escapeHtml(text.slice(at, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + escapeHtml(text.slice(at, to)) + (to < text.length ? '…' : '');
}

/** An apostrophe is left out, as in the index. */
const plain = (word: string): string => fold(word.replace(/['’ʼ]/g, ''));

function isSought(word: string, { words }: SoughtText, closeness: Closeness): boolean {
  return words.some((one) => {
    if (word === one.word || one.others.includes(word)) return true;
    if (one.isPrefix && word.startsWith(one.word)) return true;
    return closeness !== 'exact' && one.typos > 0 && typosBetween(one.word, word, one.typos) <= one.typos;
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
