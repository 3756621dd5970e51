import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { fontOfWoff } from './woff.js';

/**
 * `sans` and `bold` (DejaVu: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic, Hebrew and more)
 * are used where possible. `every` (UnifontEX: every other script, on a coarse grid) has all other
 * characters. Both licenses allow embedding.
 */
export type FontName = 'sans' | 'bold' | 'every';

const FILES = {
  sans: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  every: '@fontsource/unifontex/files/unifontex-latin-400-normal.woff',
} satisfies Record<FontName, string>;

const { resolve } = createRequire(import.meta.url);
const opened = new Map<FontName, Font>();
const covered = new Map<FontName, Set<number>>();

/** Fonts are parsed on first use and cached: parsing takes half the time of a page. */
export function fontOf(name: FontName): Font {
  let font = opened.get(name);
  if (!font) {
    const file = readFileSync(resolve(FILES[name]));
    font = create(name === 'every' ? fontOfWoff(file) : file) as Font;
    opened.set(name, font);
  }
  return font;
}

/** Returns whether the font has every character of the text. */
export function covers(name: FontName, text: string): boolean {
  let characters = covered.get(name);
  if (!characters) {
    characters = new Set(fontOf(name).characterSet);
    covered.set(name, characters);
  }
  return Array.from(text).every((character) => characters.has(character.codePointAt(0)!));
}
