import bidiFactory from 'bidi-js';
import { covers } from './fonts.js';
// Its types tell of another kind of module than it is.
const bidi = bidiFactory();
const graphemes = new Intl.Segmenter('und', {
    granularity: 'grapheme'
});
/** Marks that only say which way text runs, and what no line of print can hold. */ const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const RIGHT_TO_LEFT = /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;
/**
 * Breaks a name in any script into lines, each with its runs in the order in which they are seen. The fonts' own shaping
 * turns the letters of one word around; the order of words is settled here.
 *
 * @param measure the width of a text in a font
 * @param maxLines what does not fit into them ends in an ellipsis
 */ export function breakIntoLines(text, font, measure, maxWidth, maxLines) {
    const lines = wrap(graphemesOf(text, font, measure), maxWidth);
    if (lines.length > maxLines) {
        lines.length = maxLines;
        const ellipsis = {
            text: '…',
            font,
            isSpace: false,
            level: 0,
            width: measure('…', font)
        };
        lines[maxLines - 1] = [
            ...fitting(lines[maxLines - 1], maxWidth - ellipsis.width),
            ellipsis
        ];
    }
    return lines.map(inSight);
}
function graphemesOf(text, font, measure) {
    const whole = text.normalize('NFC').replace(/\s+/g, ' ').trim();
    const { levels } = bidi.getEmbeddingLevels(whole);
    return Array.from(graphemes.segment(whole)).flatMap(({ segment, index })=>{
        const level = levels[index];
        const seen = mirrored(segment.replace(UNSEEN, ''), level);
        if (seen === '') return [];
        const own = covers(font, seen) ? font : 'every';
        return [
            {
                text: seen,
                font: own,
                isSpace: seen === ' ',
                level,
                width: measure(seen, own)
            }
        ];
    });
}
/** An opening bracket is a closing one to who reads from the right. */ const mirrored = (text, level)=>level % 2 === 1 ? bidi.getMirroredCharacter(text) ?? text : text;
/** At spaces; a word too long for a line anywhere. */ function wrap(all, maxWidth) {
    const lines = [];
    let rest = all;
    while(rest.length > 0){
        const fits = Math.max(1, fitting(rest, maxWidth).length);
        const space = rest.findLastIndex(({ isSpace }, at)=>isSpace && at <= fits && at > 0);
        const end = fits === rest.length || space < 0 ? fits : space;
        lines.push(rest.slice(0, end));
        rest = rest.slice(rest[end]?.isSpace ? end + 1 : end);
    }
    return lines;
}
function fitting(line, maxWidth) {
    let width = 0;
    const end = line.findIndex((one)=>(width += one.width) > maxWidth);
    return line.slice(0, end < 0 ? line.length : end);
}
/** Rule L2 of UAX #9, over words: from the highest level down, whatever is at least that high is turned around. */ function inSight(line) {
    let words = wordsOf(line);
    const levels = words.map(({ level })=>level);
    for(let level = Math.max(0, ...levels); level > 0; level--){
        const turned = [];
        for(let at = 0; at < words.length;){
            let end = at;
            while(end < words.length && words[end].level >= level)end++;
            turned.push(...end > at ? words.slice(at, end).reverse() : [
                words[at]
            ]);
            at = Math.max(end, at + 1);
        }
        words = turned;
    }
    return words.map(({ text, font })=>({
            text,
            font
        }));
}
function wordsOf(line) {
    const groups = [];
    for (const one of line){
        const last = groups.at(-1)?.at(-1);
        const same = last?.font === one.font && last.level === one.level && last.isSpace === one.isSpace;
        if (same) groups.at(-1).push(one);
        else groups.push([
            one
        ]);
    }
    return groups.map((group)=>{
        const { font, level } = group[0];
        const text = group.map((one)=>one.text);
        // Shaping turns around what is in a script that runs so; signs alone have no script.
        const asSigns = level % 2 === 1 && !RIGHT_TO_LEFT.test(text.join(''));
        return {
            text: (asSigns ? text.reverse() : text).join(''),
            font,
            level
        };
    });
}

//# sourceMappingURL=text-lines.js.map