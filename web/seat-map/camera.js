/**
 * Where the window onto the plan stands. Screen positions are CSS pixels from the canvas' top left.
 * @typedef {{x: number, y: number, scale: number}} View  the plan's point in the middle, and CSS pixels per plan unit
 * @typedef {ReturnType<typeof createCamera>} Camera
 * @typedef {{from: View, to: View, since: number}} Glide  `since`: `performance.now()`
 */

/** Room around the plan when all of it is shown, CSS pixels; more where the buttons lie over the map. */
const WIDE = { left: 26, top: 30, right: 76, bottom: 30 };
const NARROW = { left: 14, top: 26, right: 14, bottom: 64 };
const NARROW_BELOW_PX = 600;
const GLIDE_MS = 260;
/** How far out one may zoom, as a part of the scale that shows all. */
const FARTHEST = 0.85;

/**
 * @param {import('./plan.js').Box} box what there is to see
 * @param {number} closestScale CSS pixels per plan unit at the closest zoom
 */
export function createCamera(box, closestScale) {
  const size = { width: 1, height: 1 };
  /** @type {View} */
  const view = { x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2, scale: 1 };

  const insets = () => (size.width < NARROW_BELOW_PX ? NARROW : WIDE);
  const scaleFor = (/** @type {import('./plan.js').Box} */ target, margin = insets()) =>
    Math.max(
      1e-6,
      Math.min(
        (size.width - margin.left - margin.right) / Math.max(target.maxX - target.minX, 1e-6),
        (size.height - margin.top - margin.bottom) / Math.max(target.maxY - target.minY, 1e-6),
      ),
    );
  const fitScale = () => scaleFor(box);
  const closest = () => Math.max(closestScale, fitScale() * 1.5);

  /** @param {View} wanted @returns {View} the nearest view that still shows some of the plan */
  function bounded(wanted) {
    const scale = Math.min(closest(), Math.max(fitScale() * FARTHEST, wanted.scale));
    const halfWidth = size.width / 2 / scale;
    const halfHeight = size.height / 2 / scale;
    return {
      x: between(wanted.x, box.minX, box.maxX, halfWidth),
      y: between(wanted.y, box.minY, box.maxY, halfHeight),
      scale,
    };
  }

  return {
    view,
    size,
    fitScale,
    bounded,
    /** @param {View} wanted */
    set(wanted) {
      Object.assign(view, bounded(wanted));
    },
    /** @param {number} width @param {number} height CSS pixels */
    resize(width, height) {
      const wasFitted = size.width === 1 || Math.abs(view.scale / fitScale() - 1) < 0.01;
      size.width = Math.max(1, width);
      size.height = Math.max(1, height);
      Object.assign(view, wasFitted ? this.fitted() : bounded(view));
    },
    /** @returns {View} the whole plan */
    fitted() {
      const scale = fitScale();
      const { left, top, right, bottom } = insets();
      return {
        x: (box.minX + box.maxX + (right - left) / scale) / 2,
        y: (box.minY + box.maxY + (bottom - top) / scale) / 2,
        scale,
      };
    },
    /** @param {import('./plan.js').Box} target @param {number} atMost CSS pixels per plan unit @returns {View} */
    framing(target, atMost) {
      const scale = Math.min(
        atMost,
        scaleFor(target, { left: 60, top: 60, right: 60, bottom: 60 }),
      );
      return bounded({
        x: (target.minX + target.maxX) / 2,
        y: (target.minY + target.maxY) / 2,
        scale,
      });
    },
    /** @param {number} dx @param {number} dy CSS pixels */
    pan(dx, dy) {
      this.set({ x: view.x - dx / view.scale, y: view.y - dy / view.scale, scale: view.scale });
    },
    /** Keeps what is under (sx, sy) there. @param {number} sx @param {number} sy @param {number} factor @returns {View} */
    zoomed(sx, sy, factor) {
      const { scale } = bounded({ ...view, scale: view.scale * factor });
      const wx = view.x + (sx - size.width / 2) / view.scale;
      const wy = view.y + (sy - size.height / 2) / view.scale;
      return bounded({
        x: wx - (sx - size.width / 2) / scale,
        y: wy - (sy - size.height / 2) / scale,
        scale,
      });
    },
    /** @param {number} wx @param {number} [of] */
    screenX: (wx, of = view.scale) => (wx - view.x) * of + size.width / 2,
    /** @param {number} wy @param {number} [of] */
    screenY: (wy, of = view.scale) => (wy - view.y) * of + size.height / 2,
    /** @param {number} sx */
    planX: (sx) => view.x + (sx - size.width / 2) / view.scale,
    /** @param {number} sy */
    planY: (sy) => view.y + (sy - size.height / 2) / view.scale,
  };
}

/** Keeps at least a third of the window over the plan; a plan smaller than the window may float inside it. */
function between(
  /** @type {number} */ value,
  /** @type {number} */ min,
  /** @type {number} */ max,
  /** @type {number} */ half,
) {
  const slack = half / 3;
  return Math.min(
    max + slack - Math.min(half, (max - min) / 2),
    Math.max(min - slack + Math.min(half, (max - min) / 2), value),
  );
}

/** Where a glide has come to. @param {Glide} glide @param {number} now */
export function alongGlide({ from, to, since }, now) {
  const part = Math.min(1, Math.max(0, (now - since) / GLIDE_MS));
  const eased = 1 - (1 - part) ** 3;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  // The middle moves as the scale does, so that the point zoomed into stays still.
  const share =
    from.scale === to.scale
      ? eased
      : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  const view = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, scale };
  return { view, done: part === 1 };
}
