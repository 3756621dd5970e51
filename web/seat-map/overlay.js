import { css } from './colors.js';
import { SEATS_BEGIN_PX, SEATS_FULL_PX, SEAT_SHARE } from './base-layer.js';
import { drawNamesBehind, drawNamesInside } from './section-names.js';
import { AVAILABLE } from '../sale/seat-status.js';

/** A chosen seat is never drawn smaller than this radius, so that it can be found. CSS pixels. */
const SMALLEST_MARK_PX = 6;
const FLASH_MS = 900;
/** Row names are drawn from this distance of neighboring seats on. CSS pixels. */
const ROW_LABELS_PX = 13;

/**
 * @typedef {{
 *   chosen: Set<number>, own: Set<number>, circled: Set<number>, cursor: number, hover: number,
 *   flashes: Map<number, number>,
 * }} Marks seats; `flashes`: when each of them changed, by `performance.now()`
 * @typedef {{
 *   camera: import('./camera.js').Camera, theme: import('./colors.js').Theme, highlight: number,
 *   seats: import('../sale/seat-status.js').SeatStatus, now: number, marks: Marks,
 * }} Scene
 * @typedef {Scene & {
 *   ctx: CanvasRenderingContext2D, plan: import('./plan.js').Plan, seatPx: number,
 *   widthOf: (text: string, font: string) => number,
 * }} Frame
 * `seatPx`: distance of neighboring seats, CSS pixels
 */

/**
 * Draws names, chosen seats and the cursor on top of the picture of the seats, in every frame.
 * @param {CanvasRenderingContext2D} ctx @param {import('./plan.js').Plan} plan
 */
export function createOverlay(ctx, plan) {
  const widthOf = createTextMeasure(ctx);

  /** @param {Scene} scene @returns {boolean} whether an animation is running */
  function draw(scene) {
    const { marks, theme, camera } = scene;
    const seatPx = plan.seatPitch * camera.view.scale;
    const frame = { ...scene, ctx, plan, seatPx, widthOf };
    if (seatPx < SEATS_FULL_PX) drawNamesInside(frame);
    if (seatPx > SEATS_BEGIN_PX) drawNamesBehind(frame);
    if (seatPx >= ROW_LABELS_PX) drawRowLabels(frame);
    const isMoving = drawFlashes(frame);
    for (const seat of marks.own) drawMark(frame, seat);
    for (const seat of marks.chosen) drawMark(frame, seat);
    for (const seat of marks.circled)
      drawRing(frame, seat, { gap: 4, color: theme.focus, width: 3 });
    if (marks.hover !== -1) drawRing(frame, marks.hover, { gap: 2, color: theme.ink, width: 1 });
    if (marks.cursor !== -1)
      drawRing(frame, marks.cursor, { gap: 3, color: theme.focus, width: 2.5 });
    return isMoving;
  }

  return { draw };
}

/** Measures each text once. @param {CanvasRenderingContext2D} ctx */
function createTextMeasure(ctx) {
  /** @type {Map<string, number>} */
  const widths = new Map();
  return (/** @type {string} */ text, /** @type {string} */ font) => {
    const key = font + text;
    let width = widths.get(key);
    if (width === undefined) {
      ctx.font = font;
      width = ctx.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  };
}

/**
 * Draws the row's name next to the first and the last seat of each visible row.
 * @param {Frame} frame
 */
function drawRowLabels(frame) {
  const { ctx, camera, theme, plan, seatPx } = frame;
  ctx.font = `500 ${Math.min(13, seatPx * 0.5)}px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = css(theme.muted);
  const box = {
    minX: camera.planX(-seatPx),
    maxX: camera.planX(camera.size.width + seatPx),
    minY: camera.planY(-seatPx),
    maxY: camera.planY(camera.size.height + seatPx),
  };
  plan.grid.forEachIn(box, (seat) => {
    const isFirst = seat === 0 || plan.row[seat - 1] !== plan.row[seat];
    const isLast = seat === plan.seatCount - 1 || plan.row[seat + 1] !== plan.row[seat];
    if (isFirst !== isLast) drawRowLabel(frame, seat, isFirst ? seat + 1 : seat - 1);
  });
}

/**
 * @param {Frame} frame @param {number} seat at an end of the row @param {number} inner its neighbor
 */
function drawRowLabel({ ctx, camera, plan }, seat, inner) {
  const dx = plan.x[seat] - plan.x[inner];
  const dy = plan.y[seat] - plan.y[inner];
  const length = Math.hypot(dx, dy) || 1;
  const step = (plan.seatPitch * 0.7) / length;
  // A long label grows away from its row.
  if (Math.abs(dx) < length * 0.5) ctx.textAlign = 'center';
  else ctx.textAlign = dx < 0 ? 'right' : 'left';
  const x = camera.screenX(plan.x[seat] + dx * step);
  const y = camera.screenY(plan.y[seat] + dy * step);
  ctx.fillText(plan.rows[plan.row[seat]], x, y);
}

/** Radius of a seat. @param {Frame} frame @returns {number} CSS pixels */
const radiusOf = ({ seatPx }) => (seatPx * SEAT_SHARE) / 2;

/** @param {Frame} frame @param {number} seat */
function drawMark(frame, seat) {
  const { ctx, camera, theme, plan } = frame;
  const x = camera.screenX(plan.x[seat]);
  const y = camera.screenY(plan.y[seat]);
  const radius = Math.max(SMALLEST_MARK_PX, radiusOf(frame) * 1.08);
  fillCircle(ctx, x, y, radius + 2, css(theme.floor));
  fillCircle(ctx, x, y, radius, css(theme.ink));
  drawTick(ctx, x, y, radius, css(theme.floor));
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} radius
 * @param {string} color
 */
function fillCircle(ctx, x, y, radius, color) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = color;
  ctx.fill();
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} radius
 * @param {string} color
 */
function drawTick(ctx, x, y, radius, color) {
  ctx.beginPath();
  ctx.moveTo(x - radius * 0.45, y + radius * 0.02);
  ctx.lineTo(x - radius * 0.1, y + radius * 0.38);
  ctx.lineTo(x + radius * 0.48, y - radius * 0.34);
  ctx.lineWidth = Math.max(1.2, radius * 0.24);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.strokeStyle = color;
  ctx.stroke();
}

/** Rings that grow and fade around seats that just changed. @param {Frame} frame */
function drawFlashes(frame) {
  const { theme, seats, now } = frame;
  const { flashes } = frame.marks;
  for (const [seat, since] of flashes) {
    const share = (now - since) / FLASH_MS;
    if (share >= 1) {
      flashes.delete(seat);
      continue;
    }
    const color = seats.codes[seat] === AVAILABLE ? theme.focus : theme.ink;
    drawRing(frame, seat, { gap: 1 + share * 9, color, width: 1.5, alpha: 1 - share });
  }
  return flashes.size > 0;
}

/**
 * @param {Frame} frame @param {number} seat
 * @param {{gap: number, color: import('./colors.js').Rgb, width: number, alpha?: number}} ring
 */
function drawRing(frame, seat, { gap, color, width, alpha = 1 }) {
  const { ctx, camera, plan } = frame;
  const radius = Math.max(2, radiusOf(frame)) + gap;
  ctx.beginPath();
  ctx.arc(camera.screenX(plan.x[seat]), camera.screenY(plan.y[seat]), radius, 0, 2 * Math.PI);
  ctx.lineWidth = width;
  ctx.strokeStyle = css(color, alpha);
  ctx.stroke();
}
