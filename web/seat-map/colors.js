/** @typedef {[number, number, number]} Rgb  each 0 to 255 */

/**
 * For categories without a color that the browser knows. Color-blind people can tell them apart.
 */
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

/** @type {CanvasRenderingContext2D | null | undefined} */
let resolver;

/**
 * Returns the color as the browser understands it: a name, `#rgb`, `#rrggbbaa`, `rgb(…)` and so on.
 * @param {string} text
 * @param {Rgb} [under] the color that shows through a translucent one
 * @returns {Rgb | null} null for text that is no color, and for transparent colors
 */
export function parseColor(text, under) {
  resolver ??= document.createElement('canvas').getContext('2d');
  if (!resolver || text.trim() === '') return null;
  const first = resolve(resolver, '#000000', text);
  if (first !== resolve(resolver, '#ffffff', text)) return null;
  const { rgb, alpha } = componentsOf(first);
  if (alpha === 0) return null;
  return under ? mix(under, rgb, alpha) : rgb;
}

/**
 * A canvas ignores text that is no color and keeps the color `before`.
 * @param {CanvasRenderingContext2D} context @param {string} before @param {string} text
 */
function resolve(context, before, text) {
  context.fillStyle = before;
  context.fillStyle = text;
  return String(context.fillStyle);
}

/** @param {string} serialized `#rrggbb` or `rgba(r, g, b, a)`, as a canvas returns a color */
function componentsOf(serialized) {
  if (serialized.startsWith('#')) {
    const part = (/** @type {number} */ at) => parseInt(serialized.slice(at, at + 2), 16);
    return { rgb: /** @type {Rgb} */ ([part(1), part(3), part(5)]), alpha: 1 };
  }
  const [red, green, blue, alpha = 1] = (serialized.match(/[\d.]+/g) ?? []).map(Number);
  return { rgb: /** @type {Rgb} */ ([red, green, blue]), alpha };
}

/** @param {Rgb} color @param {number} [alpha] */
export const css = (color, alpha = 1) =>
  `rgb(${color.map(Math.round).join(' ')} / ${Math.round(alpha * 1000) / 1000})`;

/** @param {Rgb} a @param {Rgb} b @param {number} share of `b` @returns {Rgb} */
export const mix = (a, b, share) => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Relative luminance, 0 to 1 (WCAG). @param {Rgb} color */
export function luminance(color) {
  const [r, g, b] = color.map((value) => {
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
 * Returns the category's color, changed only as far as it needs contrast to the floor.
 * @param {string} text @param {number} index @param {Rgb} floor @returns {Rgb}
 */
export function categoryColor(text, index, floor) {
  const base =
    parseColor(text ?? '', floor) ?? /** @type {Rgb} */ (parseColor(SPARE[index % SPARE.length]));
  /** @type {Rgb} */
  const away = luminance(floor) > 0.4 ? [20, 20, 24] : [255, 255, 255];
  let color = base;
  for (let share = 0.1; contrast(color, floor) < 2.6 && share <= 0.8; share += 0.1)
    color = mix(base, away, share);
  return color;
}

/** @type {Rgb} */
const WHITE = [255, 255, 255];
/** @type {Rgb} */
const BLACK = [24, 24, 27];
const READABLE = 3.5;

/**
 * Black or white, whichever reads better on it; `preferred` as long as that can be read.
 * @param {Rgb} color @param {Rgb} [preferred]
 */
export function inkOn(color, preferred) {
  if (preferred && contrast(color, preferred) >= READABLE) return preferred;
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}

/**
 * The colors of the page, read from its style sheet, so that the map follows dark mode.
 * @typedef {{floor: Rgb, stage: Rgb, ink: Rgb, muted: Rgb, line: Rgb, quiet: Rgb, focus: Rgb,
 * categories: Rgb[], font: string}} Theme
 * @param {Element} element @param {{color: string}[]} categories @returns {Theme}
 */
export function readTheme(element, categories) {
  const style = window.getComputedStyle(element);
  const read = (/** @type {string} */ name) =>
    parseColor(style.getPropertyValue(name)) ?? /** @type {Rgb} */ ([128, 128, 128]);
  const floor = read('--map-floor');
  return {
    floor,
    stage: read('--map-stage'),
    ink: read('--ink'),
    muted: read('--muted'),
    line: read('--map-line'),
    quiet: read('--map-quiet'),
    focus: read('--focus'),
    categories: categories.map((category, index) => categoryColor(category.color, index, floor)),
    font: style.fontFamily,
  };
}
