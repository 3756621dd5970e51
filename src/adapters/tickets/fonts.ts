import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { fontOfWoff } from './woff.js';

/**
 * `sans` and `bold` (DejaVu: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic, Hebrew and more) look well; `every`
 * (UnifontEX: every other script, drawn on a coarse grid) leaves no character out. Both may be embedded in documents.
 */
export type FontName = 'sans' | 'bold' | 'every';

const FILES = {
  sans: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  every: '@fontsource/unifontex/files/unifontex-latin-400-normal.woff',
} satisfies Record<FontName, string>;

const { resolve } = createRequire(import.meta.url);
const loaded = new Map<FontName, Buffer>();
const covered = new Map<FontName, Set<number>>();

/** Read when first needed, and kept. */
export function fontFile(name: FontName): Buffer {
  let file = loaded.get(name);
  if (!file) {
    file = readFileSync(resolve(FILES[name]));
    if (name === 'every') file = fontOfWoff(file);
    loaded.set(name, file);
  }
  return file;
}

/** Whether the font has every character of the text. */
export function covers(name: FontName, text: string): boolean {
  let characters = covered.get(name);
  if (!characters) {
    characters = new Set((create(fontFile(name)) as Font).characterSet);
    covered.set(name, characters);
  }
  return Array.from(text).every((character) => characters.has(character.codePointAt(0)!));
}
