import { drawAreas } from './areas.js';
import { css, inkOn, mix } from './colors.js';
import { createSeatRaster } from './seat-raster.js';
import { AVAILABLE } from '../sale/seat-status.js';

/** Between these distances of neighboring seats, blocks fade out and seats fade in. CSS pixels. */
export const SEATS_BEGIN_PX = 2.4;
export const SEATS_FULL_PX = 4;
/** Seats show their numbers from this distance on. */
const NUMBERS_PX = 20;
/** Diameter of a seat as a part of the distance to its neighbor. */
export const SEAT_SHARE = 0.84;
/** A larger picture gets less spare room around the window. Device pixels. */
const MAX_LAYER_PIXELS = 5_000_000;
const SPARE_ROOM = 0.3;

/**
 * @typedef {{
 *   theme: import('./colors.js').Theme, themeVersion: number, dpr: number, highlight: number,
 *   seats: import('../sale/seat-status.js').SeatStatus,
 * }} Look `dpr`: device pixels per CSS pixel
 * @typedef {import('./plan.js').Box & {scale: number}} Shown `scale`: device pixels per plan unit
 * @typedef {{
 *   ctx: CanvasRenderingContext2D, plan: import('./plan.js').Plan, shown: Shown, look: Look,
 *   width: number, height: number, seatPx: number, seatsShare: number,
 * }} Picture
 * `seatPx`: distance of neighboring seats, CSS pixels; `seatsShare`: 0 shows blocks, 1 shows seats
 */

/**
 * Paints the plan and its seats as one picture, a little larger than the window. During a movement
 * the picture is moved and scaled; it is painted again when the movement rests.
 * @param {import('./plan.js').Plan} plan
 */
export function createBaseLayer(plan) {
  const canvas = document.createElement('canvas');
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const raster = createSeatRaster(plan);
  /** The part of the plan that the picture shows. @type {Shown} */
  const shown = { minX: 0, minY: 0, maxX: 0, maxY: 0, scale: 0 };

  /** @param {import('./camera.js').Camera} camera @param {Look} look */
  function paint(camera, look) {
    const { width, height } = pictureSize(camera.size, look.dpr);
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    const scale = camera.view.scale * look.dpr;
    shown.minX = camera.view.x - width / 2 / scale;
    shown.minY = camera.view.y - height / 2 / scale;
    shown.maxX = shown.minX + width / scale;
    shown.maxY = shown.minY + height / scale;
    shown.scale = scale;
    const seatPx = plan.seatPitch * camera.view.scale;
    const seatsShare = smooth((seatPx - SEATS_BEGIN_PX) / (SEATS_FULL_PX - SEATS_BEGIN_PX));
    const picture = { ctx, plan, shown, look, width, height, seatPx, seatsShare };
    clear(picture);
    ctx.setTransform(scale, 0, 0, scale, -shown.minX * scale, -shown.minY * scale);
    drawAreas(ctx, plan.areas, look.theme, look.dpr / scale);
    paintBlocks(picture);
    if (seatsShare > 0) paintSeats(picture, raster);
  }

  return { canvas, shown, paint };
}

/** @param {{width: number, height: number}} window CSS pixels @param {number} dpr */
function pictureSize({ width, height }, dpr) {
  const inner = width * height * dpr * dpr;
  const room = Math.max(1.06, Math.min(1 + 2 * SPARE_ROOM, Math.sqrt(MAX_LAYER_PIXELS / inner)));
  return { width: Math.ceil(width * dpr * room), height: Math.ceil(height * dpr * room) };
}

/** @param {Picture} picture */
function clear({ ctx, look, width, height }) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.fillStyle = css(look.theme.floor);
  ctx.fillRect(0, 0, width, height);
}

/**
 * Paints blocks: from afar in the color of their category, paler the fewer seats are left; near as
 * a plain floor.
 * @param {Picture} picture
 */
function paintBlocks({ ctx, plan, shown, look, seatsShare }) {
  const { theme, highlight, seats } = look;
  const floor = mix(theme.floor, theme.ink, 0.035);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  plan.blocks.forEach((block, index) => {
    const { box, width } = block;
    if (box.maxX + width < shown.minX || box.minX - width > shown.maxX) return;
    if (box.maxY + width < shown.minY || box.minY - width > shown.maxY) return;
    const far = blockColor(theme, block, seats.availableByBlock[index], highlight);
    ctx.lineWidth = width;
    ctx.fillStyle = css(mix(far, floor, seatsShare));
    ctx.strokeStyle = ctx.fillStyle;
    ctx.fill(block.shape);
    ctx.stroke(block.shape);
  });
}

/** @param {Picture} picture @param {ReturnType<typeof createSeatRaster>} raster */
function paintSeats(picture, raster) {
  const { ctx, plan, shown, look, width, height, seatPx, seatsShare } = picture;
  const { theme, themeVersion, highlight, seats } = look;
  const { scale } = shown;
  const pitch = Math.min(plan.seatPitch, plan.rowPitch);
  const diameter = Math.max(1.2, pitch * SEAT_SHARE * scale);
  const image = raster.paint({
    theme,
    themeVersion,
    codes: seats.codes,
    highlight,
    box: shown,
    scale,
    width,
    height,
    diameter,
  });
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalAlpha = seatsShare;
  ctx.drawImage(image, 0, 0);
  ctx.globalAlpha = 1;
  if (seatPx >= NUMBERS_PX) paintNumbers(picture);
}

/** Paints the numbers of available seats. @param {Picture} picture */
function paintNumbers({ ctx, plan, shown, look, seatPx }) {
  const { theme, highlight, seats, dpr } = look;
  const pitch = seatPx * dpr;
  ctx.font = `600 ${pitch * 0.36}px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const inks = theme.categories.map((color) => css(inkOn(color)));
  plan.grid.forEachIn(shown, (seat) => {
    if (seats.codes[seat] !== AVAILABLE) return;
    if (highlight !== -1 && plan.category[seat] !== highlight) return;
    ctx.fillStyle = inks[plan.category[seat]];
    const x = (plan.x[seat] - shown.minX) * shown.scale;
    const y = (plan.y[seat] - shown.minY) * shown.scale;
    ctx.fillText(plan.numbers[seat], x, y + pitch * 0.02);
  });
}

/**
 * Returns a block's color from afar. A sold out block is gray and lighter than any category.
 * @param {import('./colors.js').Theme} theme @param {import('./blocks.js').Block} block
 * @param {number} available seats left in it @param {number} highlight category or -1
 */
export function blockColor(theme, block, available, highlight) {
  if (available === 0) return mix(theme.floor, theme.quiet, 0.38);
  const dim = highlight !== -1 && block.category !== highlight;
  const strength = (0.42 + 0.58 * Math.sqrt(available / block.seatCount)) * (dim ? 0.25 : 1);
  return mix(theme.floor, theme.categories[block.category], strength);
}

/** @param {number} value */
const smooth = (value) => {
  const part = Math.min(1, Math.max(0, value));
  return part * part * (3 - 2 * part);
};
