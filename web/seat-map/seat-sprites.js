import { AVAILABLE, BLOCKED, RESERVED, SOLD } from '../sale/seat-status.js';
import { css, mix } from './colors.js';

/**
 * All looks of a seat, drawn once at the current size and read back as pixels.
 * @typedef {{size: number, phases: number, pixels: Uint32Array, width: number}} SpriteSheet
 * One line of the sheet per look, with copies of the look shifted by parts of a pixel, so that
 * seats
 * have equal distances at any zoom.
 */

/** Looks: bright and dimmed for each category, then the three states that are not for sale. */
export const lookCount = (/** @type {number} */ categories) => categories * 2 + 3;

/**
 * @param {number} category @param {number} status @param {boolean} dim @param {number} categories
 */
export function lookOf(category, status, dim, categories) {
  return status === AVAILABLE ? category * 2 + (dim ? 1 : 0) : categories * 2 + status - 1;
}

/**
 * @param {import('./colors.js').Theme} theme
 * @param {number} diameter device pixels
 * @returns {SpriteSheet}
 */
export function drawSprites(theme, diameter) {
  const categories = theme.categories.length;
  const phases = diameter < 10 ? 4 : diameter < 24 ? 2 : 1;
  const size = Math.ceil(diameter) + 2;
  const canvas = document.createElement('canvas');
  canvas.width = size * phases * phases;
  canvas.height = size * lookCount(categories);
  const ctx = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext('2d', { willReadFrequently: true })
  );
  for (let phase = 0; phase < phases * phases; phase++) {
    const cx = phase * size + size / 2 + ((phase % phases) + 0.5) / phases - 0.5;
    for (let look = 0; look < lookCount(categories); look++) {
      const cy = look * size + size / 2 + (Math.floor(phase / phases) + 0.5) / phases - 0.5;
      if (look < categories * 2) {
        const color = theme.categories[look >> 1];
        drawSeat(
          ctx,
          theme,
          AVAILABLE,
          look & 1 ? mix(theme.floor, color, 0.28) : color,
          cx,
          cy,
          diameter,
        );
      } else {
        drawSeat(ctx, theme, look - categories * 2 + 1, theme.quiet, cx, cy, diameter);
      }
    }
  }
  const image = ctx.getImageData(0, 0, canvas.width, canvas.height);
  return { size, phases, width: canvas.width, pixels: new Uint32Array(image.data.buffer) };
}

/**
 * Draws a seat. The states differ in shape, not only in color: full disc, ring, small dot, dash.
 * @param {CanvasRenderingContext2D} ctx @param {import('./colors.js').Theme} theme @param {number}
 * status
 * @param {import('./colors.js').Rgb} color @param {number} cx @param {number} cy @param {number}
 * diameter
 */
export function drawSeat(ctx, theme, status, color, cx, cy, diameter) {
  const radius = diameter / 2;
  ctx.fillStyle = css(color);
  ctx.strokeStyle = css(color);
  ctx.beginPath();
  if (status === AVAILABLE) {
    ctx.arc(cx, cy, radius, 0, 2 * Math.PI);
    ctx.fill();
  } else if (status === RESERVED) {
    ctx.lineWidth = Math.max(0.9, diameter * 0.13);
    ctx.arc(cx, cy, radius * 0.8 - ctx.lineWidth / 2, 0, 2 * Math.PI);
    ctx.stroke();
  } else if (status === SOLD) {
    ctx.arc(cx, cy, Math.max(0.5, radius * 0.34), 0, 2 * Math.PI);
    ctx.fill();
  } else if (status === BLOCKED) {
    ctx.lineWidth = Math.max(0.8, diameter * 0.13);
    ctx.moveTo(cx - radius * 0.5, cy);
    ctx.lineTo(cx + radius * 0.5, cy);
    ctx.stroke();
  }
}
