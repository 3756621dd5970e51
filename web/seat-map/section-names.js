import { blockColor, SEATS_BEGIN_PX } from './base-layer.js';
import { css, inkOn } from './colors.js';

/**
 * @typedef {import('./overlay.js').Frame} Frame
 * @typedef {import('./plan.js').Section} Section
 * @typedef {{text: string, x: number, y: number, width: number}} Label
 */

/** A name is drawn if its anchor is not farther outside the canvas than this. CSS pixels. */
const MARGIN_PX = { x: 40, y: 20 };
const LINE_PX = 12;
/** If this part of the names fits, all names are drawn whole. */
const MOST = 0.9;
const NARROW_PX = 500;
/** Distance of the name plate from the upper edge. CSS pixels. */
const PLATE_Y_PX = 24;

/** @param {CanvasRenderingContext2D} ctx @param {number} share 0 to 1 */
function prepare(ctx, share) {
  ctx.globalAlpha = Math.min(1, Math.max(0, share));
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
}

/**
 * Draws section names over their blocks, as long as seats are too small to see.
 * @param {Frame} frame
 */
export function drawNamesInside(frame) {
  const { ctx, camera, theme, plan, seatPx } = frame;
  prepare(ctx, 1 - (seatPx - SEATS_BEGIN_PX) / SEATS_BEGIN_PX);
  const isNarrow = camera.size.width < NARROW_PX;
  const font = `600 ${isNarrow ? 8.5 : 11}px ${theme.font}`;
  ctx.lineWidth = isNarrow ? 2 : 3;
  // Either all names whole or all cut to their last word: "Lower 128" next to "129" would look
  // like two kinds of section.
  const fitting = plan.sections.filter(
    (section) => frame.widthOf(section.name, font) < roomIn(frame, section),
  );
  const isWhole = fitting.length > plan.sections.length * MOST;
  /** @type {Label[]} */
  const drawn = [];
  for (const section of plan.sections) {
    const label = labelOf(frame, section, isWhole, font);
    if (!label || drawn.some((other) => overlaps(label, other))) continue;
    drawn.push(label);
    ctx.font = font;
    drawLabel(frame, section, label);
  }
  ctx.globalAlpha = 1;
}

/** Width for a section's name, CSS pixels. @param {Frame} frame @param {Section} section */
const roomIn = ({ camera, plan }, { box }) =>
  Math.min((box.maxX - box.minX + plan.rowPitch) * camera.view.scale, camera.size.width / 2);

/**
 * @param {Frame} frame @param {Section} section @param {boolean} isWhole @param {string} font
 * @returns {Label | null} null when it is out of sight or too wide
 */
function labelOf(frame, section, isWhole, font) {
  const { camera } = frame;
  const x = camera.screenX(section.x);
  const y = camera.screenY(section.y);
  if (x < -MARGIN_PX.x || x > camera.size.width + MARGIN_PX.x) return null;
  if (y < -MARGIN_PX.y || y > camera.size.height + MARGIN_PX.y) return null;
  const text = isWhole ? section.name : (section.name.split(' ').at(-1) ?? '');
  const width = frame.widthOf(text, font);
  return width > roomIn(frame, section) + 5 ? null : { text, x, y, width };
}

/** @param {Label} one @param {Label} other */
const overlaps = (one, other) =>
  Math.abs(other.x - one.x) < (one.width + other.width) / 2 + 2 &&
  Math.abs(other.y - one.y) < LINE_PX;

/** @param {Frame} frame @param {Section} section @param {Label} label */
function drawLabel({ ctx, theme, plan, seats, highlight }, section, { text, x, y }) {
  const index = plan.blockOf[section.first];
  const available = seats.availableByBlock[index];
  const under = blockColor(theme, plan.blocks[index], available, highlight);
  const ink = inkOn(under, inkOn(theme.categories[plan.blocks[index].category]));
  ctx.strokeStyle = css(under);
  ctx.strokeText(text, x, y);
  ctx.fillStyle = css(available === 0 ? theme.muted : ink);
  ctx.fillText(text, x, y);
}

/**
 * Draws section names behind the last row. The name of the section in the middle is always shown,
 * on a plate if its back is out of sight.
 * @param {Frame} frame
 */
export function drawNamesBehind(frame) {
  const { ctx, camera, theme, plan, seatPx } = frame;
  prepare(ctx, (seatPx - SEATS_BEGIN_PX) / SEATS_BEGIN_PX);
  const font = `600 12px ${theme.font}`;
  const { width, height } = camera.size;
  const { x, y, scale } = camera.view;
  const middle = plan.grid.nearest(x, y, Math.min(width, height) / 3 / scale);
  const inMiddle = middle === -1 ? undefined : plan.sections[plan.section[middle]];
  for (const section of plan.sections) {
    if (section.scattered) continue;
    const half = frame.widthOf(section.name, font) / 2;
    const place = placeBehind(frame, section, half);
    ctx.font = font;
    if (place) drawOutlined(frame, section.name, place);
    else if (section === inMiddle) drawPlate(frame, section.name, width / 2, half);
  }
  ctx.globalAlpha = 1;
}

/**
 * @param {Frame} frame @param {Section} section @param {number} half of the name's width
 * @returns {{x: number, y: number} | null} null when the name would be cut or cover other seats
 */
function placeBehind({ camera, plan }, section, half) {
  const { back } = section;
  const { width, height } = camera.size;
  const gap = plan.rowPitch * camera.view.scale * 0.75 + 4;
  const distance = gap + Math.abs(back.dx) * half + Math.abs(back.dy) * 8;
  const x = camera.screenX(back.x) + back.dx * distance;
  const y = camera.screenY(back.y) + back.dy * distance;
  const isInSight = x > half && y > 8 && x < width - half && y < height - 8;
  if (!isInSight) return null;
  // Boxes on both sides, for instance, have their back among the seats of another section.
  const seat = plan.grid.nearest(camera.planX(x), camera.planY(y), plan.rowPitch);
  return seat !== -1 && plan.sections[plan.section[seat]] !== section ? null : { x, y };
}

/** @param {Frame} frame @param {string} text @param {{x: number, y: number}} place */
function drawOutlined({ ctx, theme }, text, { x, y }) {
  ctx.strokeStyle = css(theme.floor, 0.92);
  ctx.lineWidth = 4;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = css(theme.ink);
  ctx.fillText(text, x, y);
}

/**
 * Draws a name on a background of its own, readable over seats.
 * @param {Frame} frame @param {string} text @param {number} x @param {number} half of its width
 */
function drawPlate({ ctx, theme }, text, x, half) {
  ctx.beginPath();
  ctx.moveTo(x - half, PLATE_Y_PX);
  ctx.lineTo(x + half, PLATE_Y_PX);
  ctx.lineWidth = 26;
  ctx.strokeStyle = css(theme.line);
  ctx.stroke();
  ctx.lineWidth = 24;
  ctx.strokeStyle = css(theme.floor);
  ctx.stroke();
  ctx.fillStyle = css(theme.ink);
  ctx.fillText(text, x, PLATE_Y_PX);
}
