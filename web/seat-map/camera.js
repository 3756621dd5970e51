/**
 * Screen positions are CSS pixels from the top left of the canvas.
 * @typedef {{x: number, y: number, scale: number}} View
 * the point of the plan in the middle, and CSS pixels per plan unit
 * @typedef {{from: View, to: View, since: number}} Glide `since`: `performance.now()`
 */

/** Space around the whole plan, CSS pixels; more where buttons cover the map. */
const WIDE = { left: 26, top: 30, right: 76, bottom: 30 };
const NARROW = { left: 14, top: 26, right: 14, bottom: 64 };
/** Space around a part of the plan that is brought into view. */
const FRAME = { left: 60, top: 60, right: 60, bottom: 60 };
const NARROW_BELOW_PX = 600;
const GLIDE_MS = 260;
/** The smallest scale, as a part of the scale that shows the whole plan. */
const FARTHEST = 0.85;

/** The visible part of the plan, and how plan and screen positions correspond. */
export class Camera {
  /**
   * @param {import('./plan.js').Box} box of the whole plan
   * @param {number} closestScale CSS pixels per plan unit at the closest zoom
   */
  constructor(box, closestScale) {
    this.box = box;
    this.closestScale = closestScale;
    this.size = { width: 1, height: 1 };
    /** @type {View} */
    this.view = { x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2, scale: 1 };
  }

  #insets() {
    return this.size.width < NARROW_BELOW_PX ? NARROW : WIDE;
  }

  /** @param {import('./plan.js').Box} target @param {typeof WIDE} margin */
  #scaleFor(target, { left, right, top, bottom }) {
    const width = Math.max(target.maxX - target.minX, 1e-6);
    const height = Math.max(target.maxY - target.minY, 1e-6);
    const across = (this.size.width - left - right) / width;
    const down = (this.size.height - top - bottom) / height;
    return Math.max(1e-6, Math.min(across, down));
  }

  /** The scale at which the whole plan is visible. */
  fitScale() {
    return this.#scaleFor(this.box, this.#insets());
  }

  /** @param {View} wanted @returns {View} the nearest view that shows a part of the plan */
  bounded(wanted) {
    const fit = this.fitScale();
    const closest = Math.max(this.closestScale, fit * 1.5);
    const scale = Math.min(closest, Math.max(fit * FARTHEST, wanted.scale));
    const { minX, minY, maxX, maxY } = this.box;
    return {
      x: between(wanted.x, minX, maxX, this.size.width / 2 / scale),
      y: between(wanted.y, minY, maxY, this.size.height / 2 / scale),
      scale,
    };
  }

  /** @param {View} wanted */
  set(wanted) {
    Object.assign(this.view, this.bounded(wanted));
  }

  /** A view of the whole plan stays one. @param {number} width @param {number} height CSS pixels */
  resize(width, height) {
    const { size, view } = this;
    const wasFitted = size.width === 1 || Math.abs(view.scale / this.fitScale() - 1) < 0.01;
    size.width = Math.max(1, width);
    size.height = Math.max(1, height);
    Object.assign(view, wasFitted ? this.fitted() : this.bounded(view));
  }

  /** @returns {View} of the whole plan */
  fitted() {
    const scale = this.fitScale();
    const { left, top, right, bottom } = this.#insets();
    const { minX, minY, maxX, maxY } = this.box;
    return {
      x: (minX + maxX + (right - left) / scale) / 2,
      y: (minY + maxY + (bottom - top) / scale) / 2,
      scale,
    };
  }

  /**
   * @param {import('./plan.js').Box} target @param {number} maxScale CSS pixels per plan unit
   * @returns {View} with the target in the middle
   */
  framing(target, maxScale) {
    const scale = Math.min(maxScale, this.#scaleFor(target, FRAME));
    const x = (target.minX + target.maxX) / 2;
    const y = (target.minY + target.maxY) / 2;
    return this.bounded({ x, y, scale });
  }

  /** @param {number} dx @param {number} dy CSS pixels */
  pan(dx, dy) {
    const { x, y, scale } = this.view;
    this.set({ x: x - dx / scale, y: y - dy / scale, scale });
  }

  /**
   * Zooms around a point of the screen, which stays where it is.
   * @param {number} sx @param {number} sy @param {number} factor @returns {View}
   */
  zoomed(sx, sy, factor) {
    const { view, size } = this;
    const { scale } = this.bounded({ ...view, scale: view.scale * factor });
    const x = this.planX(sx) - (sx - size.width / 2) / scale;
    const y = this.planY(sy) - (sy - size.height / 2) / scale;
    return this.bounded({ x, y, scale });
  }

  /** @param {number} x of the plan */
  screenX(x) {
    return (x - this.view.x) * this.view.scale + this.size.width / 2;
  }

  /** @param {number} y of the plan */
  screenY(y) {
    return (y - this.view.y) * this.view.scale + this.size.height / 2;
  }

  /** @param {number} x of the screen */
  planX(x) {
    return this.view.x + (x - this.size.width / 2) / this.view.scale;
  }

  /** @param {number} y of the screen */
  planY(y) {
    return this.view.y + (y - this.size.height / 2) / this.view.scale;
  }
}

/**
 * Keeps at least a third of the window over the plan; a smaller plan may lie anywhere inside the
 * window.
 */
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

/** The view at a time during a glide. @param {Glide} glide @param {number} now */
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
