import { css, inkOn } from './colors.js';
import { blockColor, SEATS_BEGIN_PX, SEATS_FULL_PX, SEAT_SHARE } from './base-layer.js';
import { AVAILABLE } from '../sale/seat-status.js';

/** A chosen seat is never drawn smaller than this radius, so it is found from afar. CSS pixels. */
const SMALLEST_MARK_PX = 6;
const FLASH_MS = 900;
const ROW_LABELS_PX = 13;

/**
 * What is drawn anew in every frame on top of the picture: names, chosen seats, the cursor.
 * @typedef {{
 *   camera: import('./camera.js').Camera, theme: import('./colors.js').Theme, highlight: number, now: number,
 *   seats: import('../sale/seat-status.js').SeatStatus, chosen: Set<number>, own: Set<number>, circled: Set<number>,
 *   cursor: number, hover: number, flashes: Map<number, number>,
 * }} Frame
 * `flashes`: when each seat changed, by `performance.now()`
 */

/** @param {import('./plan.js').Plan} plan */
export function createOverlay(plan) {
  /** @type {Map<string, number>} */
  const widths = new Map();

  /** @param {CanvasRenderingContext2D} ctx @param {string} text @param {string} font */
  function widthOf(ctx, text, font) {
    const key = font + text;
    let width = widths.get(key);
    if (width === undefined) {
      ctx.font = font;
      width = ctx.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @returns {boolean} whether something still moves */
  function draw(ctx, frame) {
    const seatPx = plan.seatPitch * frame.camera.view.scale;
    if (seatPx < SEATS_FULL_PX)
      drawNamesInside(ctx, frame, 1 - (seatPx - SEATS_BEGIN_PX) / SEATS_BEGIN_PX);
    if (seatPx > SEATS_BEGIN_PX)
      drawNamesBehind(ctx, frame, (seatPx - SEATS_BEGIN_PX) / SEATS_BEGIN_PX);
    if (seatPx >= ROW_LABELS_PX) drawRowLabels(ctx, frame);
    const moving = drawFlashes(ctx, frame);
    for (const seat of frame.own) drawMark(ctx, frame, seat);
    for (const seat of frame.chosen) drawMark(ctx, frame, seat);
    for (const seat of frame.circled) drawRing(ctx, frame, seat, 4, frame.theme.focus, 3);
    if (frame.hover !== -1) drawRing(ctx, frame, frame.hover, 2, frame.theme.ink, 1);
    if (frame.cursor !== -1) drawRing(ctx, frame, frame.cursor, 3, frame.theme.focus, 2.5);
    return moving;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {number} alpha */
  function drawNamesInside(ctx, { camera, theme, seats, highlight }, alpha) {
    ctx.globalAlpha = Math.min(1, Math.max(0, alpha));
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    const narrow = camera.size.width < 500;
    ctx.lineWidth = narrow ? 2 : 3;
    const font = `600 ${narrow ? 8.5 : 11}px ${theme.font}`;
    const roomIn = (/** @type {import('./plan.js').Section} */ { box }) =>
      Math.min((box.maxX - box.minX + plan.rowPitch) * camera.view.scale, camera.size.width / 2);
    const fits = plan.sections.filter(
      (section) => widthOf(ctx, section.name, font) < roomIn(section),
    );
    // All names whole, or all cut to what tells them apart: "Lower 128" beside "129" would look like two things.
    const whole = fits.length > plan.sections.length * 0.9;
    /** @type {number[][]} */
    const taken = [];
    for (const section of plan.sections) {
      const x = camera.screenX(section.x);
      const y = camera.screenY(section.y);
      if (x < -40 || y < -20 || x > camera.size.width + 40 || y > camera.size.height + 20) continue;
      const text = whole ? section.name : (section.name.split(' ').at(-1) ?? '');
      const width = widthOf(ctx, text, font);
      if (width > roomIn(section) + 5) continue;
      if (
        taken.some(([tx, ty, w]) => Math.abs(tx - x) < (width + w) / 2 + 2 && Math.abs(ty - y) < 12)
      )
        continue;
      taken.push([x, y, width]);
      const index = plan.blockOf[section.first];
      const under = blockColor(theme, plan.blocks[index], seats.availableByBlock[index], highlight);
      ctx.font = font;
      ctx.strokeStyle = css(under);
      ctx.strokeText(text, x, y);
      ctx.fillStyle =
        seats.availableByBlock[index] === 0
          ? css(theme.muted)
          : css(inkOn(under, inkOn(theme.categories[plan.blocks[index].category])));
      ctx.fillText(text, x, y);
    }
    ctx.globalAlpha = 1;
  }

  /**
   * Names behind the last row; and that of the section in the middle always, even if its back is out of sight.
   * @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {number} alpha
   */
  function drawNamesBehind(ctx, { camera, theme }, alpha) {
    ctx.globalAlpha = Math.min(1, Math.max(0, alpha));
    const font = `600 12px ${theme.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineCap = 'round';
    const { width, height } = camera.size;
    const { view } = camera;
    const middle = plan.grid.nearest(view.x, view.y, Math.min(width, height) / 3 / view.scale);
    for (const section of plan.sections) {
      const { back } = section;
      const half = widthOf(ctx, section.name, font) / 2;
      const away =
        plan.rowPitch * view.scale * 0.75 + 4 + Math.abs(back.dx) * half + Math.abs(back.dy) * 8;
      const x = camera.screenX(back.x) + back.dx * away;
      const y = camera.screenY(back.y) + back.dy * away;
      const inSight = x > half && y > 8 && x < width - half && y < height - 8;
      ctx.font = font;
      if (section.scattered) continue;
      if (inSight && !isAmongOthers(section, camera.planX(x), camera.planY(y))) {
        ctx.strokeStyle = css(theme.floor, 0.92);
        ctx.lineWidth = 4;
        ctx.strokeText(section.name, x, y);
        ctx.fillStyle = css(theme.ink);
        ctx.fillText(section.name, x, y);
      } else if (middle !== -1 && plan.sections[plan.section[middle]] === section) {
        drawPlate(ctx, theme, section.name, width / 2, 24, half);
      }
    }
    ctx.globalAlpha = 1;
  }

  /** Whether a name would stand among the seats of another section, as that of boxes on both sides does. */
  function isAmongOthers(
    /** @type {import('./plan.js').Section} */ section,
    /** @type {number} */ x,
    /** @type {number} */ y,
  ) {
    const seat = plan.grid.nearest(x, y, plan.rowPitch);
    return seat !== -1 && plan.sections[plan.section[seat]] !== section;
  }

  /** The row's name beside the first and the last seat of each row in sight. */
  function drawRowLabels(
    /** @type {CanvasRenderingContext2D} */ ctx,
    /** @type {Frame} */ { camera, theme },
  ) {
    const pitch = plan.seatPitch * camera.view.scale;
    ctx.font = `500 ${Math.min(13, pitch * 0.5)}px ${theme.font}`;
    ctx.textBaseline = 'middle';
    ctx.fillStyle = css(theme.muted);
    const box = {
      minX: camera.planX(-pitch),
      maxX: camera.planX(camera.size.width + pitch),
      minY: camera.planY(-pitch),
      maxY: camera.planY(camera.size.height + pitch),
    };
    plan.grid.forEachIn(box, (seat) => {
      const first = seat === 0 || plan.row[seat - 1] !== plan.row[seat];
      const last = seat === plan.seatCount - 1 || plan.row[seat + 1] !== plan.row[seat];
      if (first === last) return;
      const inner = first ? seat + 1 : seat - 1;
      const dx = plan.x[seat] - plan.x[inner];
      const dy = plan.y[seat] - plan.y[inner];
      const length = Math.hypot(dx, dy) || 1;
      const step = (plan.seatPitch * 0.7) / length;
      // A long label grows away from its row.
      ctx.textAlign = Math.abs(dx) < length * 0.5 ? 'center' : dx < 0 ? 'right' : 'left';
      const x = camera.screenX(plan.x[seat] + dx * step);
      const y = camera.screenY(plan.y[seat] + dy * step);
      ctx.fillText(plan.rows[plan.row[seat]], x, y);
    });
  }

  /** @param {Frame} frame @returns {number} CSS pixels */
  const radiusOf = ({ camera }) => (plan.seatPitch * SEAT_SHARE * camera.view.scale) / 2;

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {number} seat */
  function drawMark(ctx, frame, seat) {
    const { camera, theme } = frame;
    const x = camera.screenX(plan.x[seat]);
    const y = camera.screenY(plan.y[seat]);
    const radius = Math.max(SMALLEST_MARK_PX, radiusOf(frame) * 1.08);
    ctx.beginPath();
    ctx.arc(x, y, radius + 2, 0, 2 * Math.PI);
    ctx.fillStyle = css(theme.floor);
    ctx.fill();
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = css(theme.ink);
    ctx.fill();
    drawTick(ctx, x, y, radius, theme);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame */
  function drawFlashes(ctx, frame) {
    for (const [seat, since] of frame.flashes) {
      const part = (frame.now - since) / FLASH_MS;
      if (part >= 1) {
        frame.flashes.delete(seat);
        continue;
      }
      const color = frame.seats.codes[seat] === AVAILABLE ? frame.theme.focus : frame.theme.ink;
      drawRing(ctx, frame, seat, 1 + part * 9, color, 1.5, 1 - part);
    }
    return frame.flashes.size > 0;
  }

  function drawRing(
    /** @type {CanvasRenderingContext2D} */ ctx,
    /** @type {Frame} */ frame,
    /** @type {number} */ seat,
    /** @type {number} */ gap,
    /** @type {import('./colors.js').Rgb} */ color,
    /** @type {number} */ width,
    alpha = 1,
  ) {
    ctx.beginPath();
    const radius = Math.max(2, radiusOf(frame)) + gap;
    ctx.arc(
      frame.camera.screenX(plan.x[seat]),
      frame.camera.screenY(plan.y[seat]),
      radius,
      0,
      2 * Math.PI,
    );
    ctx.lineWidth = width;
    ctx.strokeStyle = css(color, alpha);
    ctx.stroke();
  }

  return { draw };
}

function drawTick(
  /** @type {CanvasRenderingContext2D} */ ctx,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ radius,
  /** @type {import('./colors.js').Theme} */ theme,
) {
  ctx.beginPath();
  ctx.moveTo(x - radius * 0.45, y + radius * 0.02);
  ctx.lineTo(x - radius * 0.1, y + radius * 0.38);
  ctx.lineTo(x + radius * 0.48, y - radius * 0.34);
  ctx.lineWidth = Math.max(1.2, radius * 0.24);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.strokeStyle = css(theme.floor);
  ctx.stroke();
}

/** A name on a plate of its own, to be read over seats. */
function drawPlate(
  /** @type {CanvasRenderingContext2D} */ ctx,
  /** @type {import('./colors.js').Theme} */ theme,
  /** @type {string} */ text,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ half,
) {
  ctx.beginPath();
  ctx.moveTo(x - half, y);
  ctx.lineTo(x + half, y);
  ctx.lineWidth = 26;
  ctx.strokeStyle = css(theme.line);
  ctx.stroke();
  ctx.lineWidth = 24;
  ctx.strokeStyle = css(theme.floor);
  ctx.stroke();
  ctx.fillStyle = css(theme.ink);
  ctx.fillText(text, x, y);
}
