import bidiFactory, { type Bidi } from 'bidi-js';
import { covers, type FontName } from './fonts.js';

/** Characters in one font and one direction. */
export interface Run {
  readonly text: string;
  readonly font: FontName;
}

/** Runs in visual order, from left to right. */
export type Line = readonly Run[];

/** A grapheme: one character as a reader sees it. */
interface Grapheme {
  readonly text: string;
  readonly font: FontName;
  readonly isSpace: boolean;
  /** Embedding level; odd: from right to left (UAX #9). */
  readonly level: number;
  readonly width: number;
  /** Characters that the shaper treats as digits of a right-to-left script and reverses. */
  readonly isTurnedDigit: boolean;
}

// The types of this package describe another module format than the package has.
const bidi = (bidiFactory as unknown as () => Bidi)();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Marks that only control the direction, and characters that cannot be printed in a line. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const RIGHT_TO_LEFT =
  /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;
/**
 * Digits and signs of Arabic and Persian numbers, which run from left to right (UAX #9, classes AN
 * and EN).
 */
const TURNED_DIGIT = /[\u0660-\u066c\u06f0-\u06f9]/;

/**
 * Breaks a name in any script into lines, each with its runs in visual order. The fonts' shaper
 * reverses the letters within a word; this function orders the words.
 * @param measure returns the width of a text in a font
 * @param maxLines text that does not fit ends in an ellipsis
 */
export function breakIntoLines(
  text: string,
  font: 'sans' | 'bold',
  measure: (text: string, font: FontName) => number,
  maxWidth: number,
  maxLines: number,
): Line[] {
  const lines = wrap(graphemesOf(text, font, measure), maxWidth);
  if (lines.length > maxLines) {
    lines.length = maxLines;
    const width = measure('…', font);
    const ellipsis = { text: '…', font, isSpace: false, level: 0, width, isTurnedDigit: false };
    lines[maxLines - 1] = [...fitting(lines[maxLines - 1]!, maxWidth - ellipsis.width), ellipsis];
  }
  return lines.map(inSight);
}

function graphemesOf(
  text: string,
  font: 'sans' | 'bold',
  measure: (text: string, font: FontName) => number,
): Grapheme[] {
  const whole = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  const { levels } = bidi.getEmbeddingLevels(whole);
  return Array.from(graphemes.segment(whole)).flatMap(({ segment, index }) => {
    const level = levels[index]!;
    const seen = mirrored(segment.replace(UNSEEN, ''), level);
    if (seen === '') return [];
    const own: FontName = covers(font, seen) ? font : 'every';
    const isTurnedDigit = TURNED_DIGIT.test(seen);
    return [
      {
        text: seen,
        font: own,
        isSpace: seen === ' ',
        level,
        width: measure(seen, own),
        isTurnedDigit,
      },
    ];
  });
}

/** Mirrors brackets in right-to-left text. */
const mirrored = (text: string, level: number): string =>
  level % 2 === 1 ? (bidi.getMirroredCharacter(text) ?? text) : text;

/** Splits at spaces; a word that is too long for a line is split anywhere. */
function wrap(all: readonly Grapheme[], maxWidth: number): Grapheme[][] {
  const lines: Grapheme[][] = [];
  let rest = all;
  while (rest.length > 0) {
    const fits = Math.max(1, fitting(rest, maxWidth).length);
    const space = rest.findLastIndex(({ isSpace }, at) => isSpace && at <= fits && at > 0);
    const end = fits === rest.length || space < 0 ? fits : space;
    lines.push(rest.slice(0, end));
    rest = rest.slice(rest[end]?.isSpace ? end + 1 : end);
  }
  return lines;
}

function fitting(line: readonly Grapheme[], maxWidth: number): Grapheme[] {
  let width = 0;
  const end = line.findIndex((one) => (width += one.width) > maxWidth);
  return line.slice(0, end < 0 ? line.length : end);
}

/**
 * Rule L2 of UAX #9, applied to words: from the highest level down, reverses every run of at least
 * that level.
 */
function inSight(line: readonly Grapheme[]): Line {
  let words = wordsOf(line);
  const levels = words.map(({ level }) => level);
  for (let level = Math.max(0, ...levels); level > 0; level--) {
    const turned: typeof words = [];
    for (let at = 0; at < words.length;) {
      let end = at;
      while (end < words.length && words[end]!.level >= level) end++;
      turned.push(...(end > at ? words.slice(at, end).reverse() : [words[at]!]));
      at = Math.max(end, at + 1);
    }
    words = turned;
  }
  return words.map(({ text, font }) => ({ text, font }));
}

function wordsOf(line: readonly Grapheme[]): (Run & { readonly level: number })[] {
  const groups: Grapheme[][] = [];
  for (const one of line) {
    const last = groups.at(-1)?.at(-1);
    const isSame =
      last?.font === one.font &&
      last.level === one.level &&
      last.isSpace === one.isSpace &&
      last.isTurnedDigit === one.isTurnedDigit;
    if (isSame) groups.at(-1)!.push(one);
    else groups.push([one]);
  }
  return groups.map((group) => {
    const { font, level, isTurnedDigit } = group[0]!;
    const text = group.map((one) => one.text);
    // The shaper reverses only scripts that it treats as right-to-left.
    const isTurned = isTurnedDigit || RIGHT_TO_LEFT.test(text.join(''));
    const runsFromRight = level % 2 === 1;
    return { text: (isTurned === runsFromRight ? text : text.reverse()).join(''), font, level };
  });
}
