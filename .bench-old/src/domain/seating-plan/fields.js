import { MAX_COORDINATE, MAX_NAME_LENGTH, POSITION_DECIMALS } from './limits.js';
import { report } from './problems.js';
/** Nearly all texts, told fast. */ const PRINTABLE_ASCII = /^[ -~]*$/;
const CONTROL_OR_HALF_CHARACTER = /[\p{Cc}\p{Cs}]/u;
const CSS_COLOR = /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]{3,24}|rgba?\([0-9., %]{5,40}\))$/i;
const DECIMALS = 10 ** POSITION_DECIMALS;
export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
export function readObject(value, path, problems) {
    if (isObject(value)) return value;
    return report(problems, 'plan-malformed', path, `Give a JSON object here, not ${kindOf(value)}.`);
}
/** A missing list is an empty one where `optional`. */ export function readList(value, path, problems, optional = false) {
    if (Array.isArray(value)) return value;
    if (optional && (value === undefined || value === null)) return [];
    return report(problems, 'plan-malformed', path, `Give a list here, not ${kindOf(value)}.`);
}
/** A number is taken as its decimal text, because some editors write row and seat numbers so. */ export function readText(value, path, problems, maxLength) {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    if (typeof text !== 'string') {
        return report(problems, 'plan-malformed', path, `Give a text here, not ${kindOf(value)}.`);
    }
    if (text.length > maxLength) {
        return report(problems, 'name-invalid', path, `Shorten this text of ${text.length} characters to ${maxLength}.`);
    }
    if (hasUnprintable(text)) {
        return report(problems, 'name-invalid', path, 'Take the control characters out of this text.');
    }
    return text;
}
/** A text that must say something. */ export function readName(value, path, problems) {
    const name = readText(value, path, problems, MAX_NAME_LENGTH);
    return name === '' ? report(problems, 'name-invalid', path, 'Give a name that is not empty.') : name;
}
/** Control characters, and halves of a surrogate pair, which neither a log nor a database can store. */ export function hasUnprintable(text) {
    return !PRINTABLE_ASCII.test(text) && CONTROL_OR_HALF_CHARACTER.test(text);
}
/** `offset` plus the position of this element; a missing one is `offset` itself where `optional`. */ export function readPosition(value, offset, path, problems, optional = false) {
    if (optional && (value === undefined || value === null)) return offset;
    if (!isObject(value) || typeof value.x !== 'number' || typeof value.y !== 'number') {
        return report(problems, 'plan-malformed', path, 'Give the position as {"x": number, "y": number}.');
    }
    const x = offset.x + value.x;
    const y = offset.y + value.y;
    // Written so that NaN fails too.
    if (Math.abs(x) <= MAX_COORDINATE && Math.abs(y) <= MAX_COORDINATE) return {
        x,
        y
    };
    const where = `${MAX_COORDINATE} units of the origin, zone and row added up`;
    return report(problems, 'position-invalid', path, `Move this to within ${where}.`);
}
/** An extent in plan units; `fallback` when missing. */ export function readExtent(value, path, problems, fallback) {
    if (fallback !== undefined && (value === undefined || value === null)) return fallback;
    if (typeof value === 'number' && value >= 0 && value <= 2 * MAX_COORDINATE) return rounded(value);
    return report(problems, 'plan-malformed', path, `Give a length from 0 to ${2 * MAX_COORDINATE} plan units.`);
}
/** Colours are decoration: one that is missing, or no plain CSS colour, becomes `fallback`. */ export function readColor(value, fallback) {
    return typeof value === 'string' && CSS_COLOR.test(value) ? value : fallback;
}
/** Adding up leaves noise in the last digits, which would bloat the stored plan. Never -0. */ export function rounded(value) {
    return Math.round(value * DECIMALS) / DECIMALS + 0;
}
export function kindOf(value) {
    if (value === undefined) return 'nothing';
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'a list';
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
/** For a message: the text itself, cut short. */ export function quoted(text) {
    return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

//# sourceMappingURL=fields.js.map