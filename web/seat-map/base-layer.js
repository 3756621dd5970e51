import { drawAreas } from './areas.js';
import { css, inkOn, mix } from './colors.js';
import { createSeatRaster } from './seat-raster.js';
import { AVAILABLE } from '../sale/seat-status.js';

/** Distance of neighbouring seats on the screen, CSS pixels, between which sections dissolve into seats. */
export const SEATS_BEGIN_PX = 2.4;
export const SEATS_FULL_PX = 4;
/** From this distance on each seat carries its number. */
const NUMBERS_PX = 20;
/** A seat's disc as a part of the distance to its neighbour. */
export const SEAT_SHARE = 0.84;
/** Pixels that a cached picture may have; beyond, it gets less spare room around the window. */
const MAX_LAYER_PIXELS = 5_000_000;
const SPARE_ROOM = 0.3;

/**
 * The plan and its seats as one picture, a little larger than the window: panning and zooming move the picture,
 * and it is painted anew when they come to rest.
 * @param {import('./plan.js').Plan} plan
 */
export function createBaseLayer(plan) {
  const canvas = document.createElement('canvas');
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const raster = createSeatRaster(plan);
  /** What the picture shows: the plan's box, and device pixels per plan unit. */
  const shown = { minX: 0, minY: 0, maxX: 0, maxY: 0, scale: 0 };

  /**
   * @param {import('./camera.js').Camera} camera
   * @param {{theme: import('./colors.js').Theme, themeVersion: number, dpr: number, highlight: number,
   *   seats: import('../sale/seat-status.js').SeatStatus}} look
   */
  function paint(camera, look) {
    const { dpr } = look;
    const scale = camera.view.scale * dpr;
    const inner = camera.size.width * camera.size.height * dpr * dpr;
    const room = Math.max(1.06, Math.min(1 + 2 * SPARE_ROOM, Math.sqrt(MAX_LAYER_PIXELS / inner)));
    const width = Math.ceil(camera.size.width * dpr * room);
    const height = Math.ceil(camera.size.height * dpr * room);
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    shown.minX = camera.view.x - width / 2 / scale;
    shown.minY = camera.view.y - height / 2 / scale;
    shown.maxX = shown.minX + width / scale;
    shown.maxY = shown.minY + height / scale;
    shown.scale = scale;

    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = css(look.theme.floor);
    ctx.fillRect(0, 0, width, height);
    ctx.setTransform(scale, 0, 0, scale, -shown.minX * scale, -shown.minY * scale);
    const seatPx = plan.seatPitch * camera.view.scale;
    const seatsShare = smooth((seatPx - SEATS_BEGIN_PX) / (SEATS_FULL_PX - SEATS_BEGIN_PX));
    drawAreas(ctx, plan.areas, look.theme, dpr / scale);
    paintBlocks(look, seatsShare);
    if (seatsShare > 0) paintSeats(look, width, height, seatPx, seatsShare);
  }

  /** From afar a block is its category's color, paler the fewer seats are left; up close a quiet floor. */
  function paintBlocks(
    /** @type {any} */ { theme, highlight, seats },
    /** @type {number} */ seatsShare,
  ) {
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    plan.blocks.forEach((block, index) => {
      const { box } = block;
      const pad = block.width;
      ctx.lineWidth = block.width;
      if (box.maxX + pad < shown.minX || box.minX - pad > shown.maxX) return;
      if (box.maxY + pad < shown.minY || box.minY - pad > shown.maxY) return;
      const far = blockColor(theme, block, seats.availableByBlock[index], highlight);
      ctx.fillStyle = css(mix(far, mix(theme.floor, theme.ink, 0.035), seatsShare));
      ctx.strokeStyle = ctx.fillStyle;
      ctx.fill(block.shape);
      ctx.stroke(block.shape);
    });
  }

  function paintSeats(
    /** @type {any} */ { theme, themeVersion, highlight, seats, dpr },
    /** @type {number} */ width,
    /** @type {number} */ height,
    /** @type {number} */ seatPx,
    /** @type {number} */ seatsShare,
  ) {
    const diameter = Math.max(
      1.2,
      Math.min(plan.seatPitch, plan.rowPitch) * SEAT_SHARE * shown.scale,
    );
    const { codes } = seats;
    const scale = shown.scale;
    const picture = raster.paint({
      ...{ theme, themeVersion, codes, highlight, box: shown, scale, width, height, diameter },
    });
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = seatsShare;
    ctx.drawImage(picture, 0, 0);
    ctx.globalAlpha = 1;
    if (seatPx >= NUMBERS_PX) paintNumbers(theme, codes, highlight, seatPx * dpr);
  }

  function paintNumbers(
    /** @type {import('./colors.js').Theme} */ theme,
    /** @type {Uint8Array} */ codes,
    /** @type {number} */ highlight,
    /** @type {number} */ pitch,
  ) {
    ctx.font = `600 ${pitch * 0.36}px ${theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    const inks = theme.categories.map((color) => css(inkOn(color)));
    plan.grid.forEachIn(shown, (seat) => {
      if (codes[seat] !== AVAILABLE) return;
      if (highlight !== -1 && plan.category[seat] !== highlight) return;
      ctx.fillStyle = inks[plan.category[seat]];
      const x = (plan.x[seat] - shown.minX) * shown.scale;
      const y = (plan.y[seat] - shown.minY) * shown.scale;
      ctx.fillText(plan.numbers[seat], x, y + pitch * 0.02);
    });
  }

  return { canvas, shown, paint };
}

/**
 * A block's color from afar. A sold out block is grey and lighter than any category.
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
