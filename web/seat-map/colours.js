/** @typedef {[number, number, number]} Rgb  each 0 to 255 */

/** For categories whose plan names no colour, or one that cannot be read. Told apart also by the colour-blind. */
const SPARE = [
  '#3b6fb6',
  '#d98032',
  '#2f8f6b',
  '#b04a6e',
  '#7a64b8',
  '#8a7a2f',
  '#3f93a8',
  '#a2543c',
];

/** @param {string} text `#rgb`, `#rrggbb` or `rgb(…)` @returns {Rgb | null} */
export function parseColour(text) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex) {
    const long = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
    const part = (/** @type {number} */ at) => parseInt(long.slice(at, at + 2), 16);
    return [part(0), part(2), part(4)];
  }
  const parts = /^rgba?\(([^)]+)\)/
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  return parts && parts.length >= 3 ? [parts[0], parts[1], parts[2]] : null;
}

/** @param {Rgb} colour @param {number} [alpha] */
export const css = (colour, alpha = 1) =>
  `rgb(${colour.map(Math.round).join(' ')} / ${Math.round(alpha * 1000) / 1000})`;

/** @param {Rgb} a @param {Rgb} b @param {number} share of `b` @returns {Rgb} */
export const mix = (a, b, share) => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Relative luminance, 0 to 1 (WCAG). @param {Rgb} colour */
export function luminance(colour) {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Rgb} a @param {Rgb} b contrast ratio, 1 to 21 (WCAG) */
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The category's colour, moved just as far as it must be to stand out from the floor it is drawn on.
 * @param {string} text @param {number} index @param {Rgb} floor @returns {Rgb}
 */
export function categoryColour(text, index, floor) {
  const base =
    parseColour(text ?? '') ?? /** @type {Rgb} */ (parseColour(SPARE[index % SPARE.length]));
  /** @type {Rgb} */
  const away = luminance(floor) > 0.4 ? [20, 20, 24] : [255, 255, 255];
  let colour = base;
  for (let share = 0.1; contrast(colour, floor) < 2.6 && share <= 0.8; share += 0.1)
    colour = mix(base, away, share);
  return colour;
}

/** @type {Rgb} */
const WHITE = [255, 255, 255];
/** @type {Rgb} */
const BLACK = [24, 24, 27];
const READABLE = 3.5;

/**
 * Black or white, whichever reads better on it; `preferred` as long as that can be read.
 * @param {Rgb} colour @param {Rgb} [preferred]
 */
export function inkOn(colour, preferred) {
  if (preferred && contrast(colour, preferred) >= READABLE) return preferred;
  return contrast(colour, WHITE) >= contrast(colour, BLACK) ? WHITE : BLACK;
}

/**
 * The colours of the page, read from its style sheet, so that the map follows dark mode.
 * @typedef {{floor: Rgb, stage: Rgb, ink: Rgb, muted: Rgb, line: Rgb, quiet: Rgb, focus: Rgb, categories: Rgb[], font: string}} Theme
 * @param {Element} element @param {{color: string}[]} categories @returns {Theme}
 */
export function readTheme(element, categories) {
  const style = window.getComputedStyle(element);
  const read = (/** @type {string} */ name) =>
    parseColour(style.getPropertyValue(name)) ?? /** @type {Rgb} */ ([128, 128, 128]);
  const floor = read('--map-floor');
  return {
    floor,
    stage: read('--map-stage'),
    ink: read('--ink'),
    muted: read('--muted'),
    line: read('--map-line'),
    quiet: read('--map-quiet'),
    focus: read('--focus'),
    categories: categories.map((category, index) => categoryColour(category.color, index, floor)),
    font: style.fontFamily,
  };
}
