import { css, inkOn, luminance, mix, parseColor } from './colors.js';

/**
 * Things that are not seats: stage, pitch, lines. `x`, `y`: top left of a rectangle, center of an
 * ellipse, origin of a polygon's `points` and of `textAt`; rotated around it by `rotation` degrees.
 * Plan units.
 * @typedef {{x: number, y: number}} Point
 * @typedef {Point & {
 *   shape: string, width: number, height: number, points: Point[], rotation: number,
 *   color: string, borderColor: string, text: string, textAt: Point, textSize: number, box:
 *   import('./plan.js').Box,
 * }} Area
 */

/** Part of a plan's color in the drawn color: areas are paler than seats. */
const STRENGTH = { light: 0.62, dark: 0.3 };
const BORDER_PX = 1.25;
const LARGEST_TEXT_PX = 24;
const SMALLEST_TEXT_PX = 10;

/** @param {any} area as in the layout document @returns {Area} */
export function readArea(area) {
  const known = { ...AREA, ...area };
  const { shape, x, y, width, height, points, rotation, color } = known;
  const middle = shape === 'rectangle' ? { x: width / 2, y: height / 2 } : { x: 0, y: 0 };
  return {
    ...known,
    borderColor: area.borderColor ?? color,
    textAt: area.textAt ?? middle,
    box: boxOf(shape, x, y, width, height, points, rotation),
  };
}

/** An area of which the layout document says nothing. */
const AREA = {
  shape: 'rectangle',
  x: 0,
  y: 0,
  width: 0,
  height: 0,
  points: [],
  rotation: 0,
  color: '',
  text: '',
  textSize: 0,
};

/** Creates an area that is only a name. @param {string} text @param {number} x @param {number} y */
export const nameAt = (text, x, y) => readArea({ shape: 'text', text, x, y });

function boxOf(
  /** @type {string} */ shape,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ width,
  /** @type {number} */ height,
  /** @type {Point[]} */ points,
  /** @type {number} */ rotation,
) {
  const [left, top] = shape === 'ellipse' ? [-width / 2, -height / 2] : [0, 0];
  const corners =
    shape === 'polygon'
      ? points
      : [left, left + width].flatMap((cx) => [top, top + height].map((cy) => ({ x: cx, y: cy })));
  const [cos, sin] = [Math.cos((rotation * Math.PI) / 180), Math.sin((rotation * Math.PI) / 180)];
  const xs = corners.map((corner) => x + corner.x * cos - corner.y * sin);
  const ys = corners.map((corner) => y + corner.x * sin + corner.y * cos);
  return {
    minX: Math.min(x, ...xs),
    minY: Math.min(y, ...ys),
    maxX: Math.max(x, ...xs),
    maxY: Math.max(y, ...ys),
  };
}

/**
 * @param {CanvasRenderingContext2D} ctx in plan units @param {Area[]} areas
 * @param {import('./colors.js').Theme} theme @param {number} pixel plan units per CSS pixel
 */
export function drawAreas(ctx, areas, theme, pixel) {
  for (const area of areas) {
    ctx.save();
    ctx.translate(area.x, area.y);
    ctx.rotate((area.rotation * Math.PI) / 180);
    const under = drawShape(ctx, area, theme, pixel);
    if (area.text) drawText(ctx, area, theme, under, pixel);
    ctx.restore();
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {Area} area @param {import('./colors.js').Theme}
 * theme @param {number} pixel
 */
function drawShape(ctx, area, theme, pixel) {
  const { shape, width, height, points } = area;
  if (shape === 'text') return theme.floor;
  const strength = luminance(theme.floor) > 0.4 ? STRENGTH.light : STRENGTH.dark;
  const pale = (/** @type {string} */ color) =>
    mix(theme.floor, parseColor(color) ?? theme.stage, strength);
  const fill = pale(area.color);
  ctx.fillStyle = css(fill);
  ctx.strokeStyle = css(area.borderColor === area.color ? theme.line : pale(area.borderColor));
  ctx.lineWidth = BORDER_PX * pixel;
  ctx.beginPath();
  if (shape === 'ellipse') ctx.ellipse(0, 0, width / 2, height / 2, 0, 0, 2 * Math.PI);
  else if (shape === 'polygon') {
    for (const { x, y } of points) ctx.lineTo(x, y);
    ctx.closePath();
  } else ctx.roundRect(0, 0, width, height, Math.min(6 * pixel, width / 8, height / 8));
  ctx.fill();
  // A line drawn as a thin rectangle needs no border.
  if (shape !== 'rectangle' || Math.min(width, height) > 4 * pixel) ctx.stroke();
  return fill;
}

function drawText(
  /** @type {CanvasRenderingContext2D} */ ctx,
  /** @type {Area} */ area,
  /** @type {import('./colors.js').Theme} */ theme,
  /** @type {import('./colors.js').Rgb} */ under,
  /** @type {number} */ pixel,
) {
  const { text, textAt, textSize, width, height, box } = area;
  const across = width || box.maxX - box.minX;
  const along = height || box.maxY - box.minY;
  const room =
    across > 0 ? Math.min((along || across) * 0.4, (across * 1.5) / text.length) : Infinity;
  const wanted = Math.min(
    LARGEST_TEXT_PX * pixel,
    Math.max(textSize, 16 * pixel, SMALLEST_TEXT_PX * pixel),
  );
  const size = Math.min(wanted, room);
  ctx.font = `500 ${size}px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = css(area.shape === 'text' ? theme.muted : inkOn(under), 0.75);
  ctx.fillText(text, textAt.x, textAt.y);
}
