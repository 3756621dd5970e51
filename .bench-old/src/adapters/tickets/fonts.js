import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import { fontOfWoff } from './woff.js';
const FILES = {
    sans: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
    bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
    every: '@fontsource/unifontex/files/unifontex-latin-400-normal.woff'
};
const { resolve } = createRequire(import.meta.url);
const loaded = new Map();
const covered = new Map();
/** Read when first needed, and kept. */ export function fontFile(name) {
    let file = loaded.get(name);
    if (!file) {
        file = readFileSync(resolve(FILES[name]));
        if (name === 'every') file = fontOfWoff(file);
        loaded.set(name, file);
    }
    return file;
}
/** Whether the font has every character of the text. */ export function covers(name, text) {
    let characters = covered.get(name);
    if (!characters) {
        characters = new Set(create(fontFile(name)).characterSet);
        covered.set(name, characters);
    }
    return Array.from(text).every((character)=>characters.has(character.codePointAt(0)));
}

//# sourceMappingURL=fonts.js.map