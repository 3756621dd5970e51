import { createBaseLayer } from './base-layer.js';
import { alongGlide } from './camera.js';
import { readTheme } from './colors.js';
import { createOverlay } from './overlay.js';

/** The picture of the seats is repainted in every frame if that takes no longer than this. */
const CHEAP_PAINT_MS = 5;
const FRAME_MS = 1000 / 60;
/** Otherwise it is repainted when the view has rested for this long … */
const REST_MS = 90;
/** … or, while the view moves, when the picture lacks an edge or is stretched too far. */
const STALE_MS = 160;
const MAX_STRETCH = 1.9;
/** Painting during a movement takes at most one part in this many of the time. */
const PAINT_SHARE = 5;
const MAX_PIXEL_RATIO = 3;

/**
 * Draws the map in animation frames: the picture of the seats, moved and scaled with the camera,
 * and the overlay on top of it.
 */
export class MapPainter {
  /** @type {import('./colors.js').Theme | null} */
  #theme = null;
  #themeVersion = 0;
  #highlight = -1;
  #stale = true;
  #frame = 0;
  #dpr = 1;
  /** @type {import('./camera.js').Glide | null} */
  #glide = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{
   *   plan: import('./plan.js').Plan, seats: import('../sale/seat-status.js').SeatStatus,
   *   camera: import('./camera.js').Camera, marks: import('./overlay.js').Marks,
   * }} parts
   */
  constructor(canvas, { plan, seats, camera, marks }) {
    this.canvas = canvas;
    this.plan = plan;
    this.seats = seats;
    this.camera = camera;
    this.marks = marks;
    this.ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    this.layer = createBaseLayer(plan);
    this.overlay = createOverlay(this.ctx, plan);
    this.timing = { paintMs: 0, paintedAt: -Infinity, movedAt: -Infinity, justPainted: false };
  }

  redraw() {
    this.#frame ||= requestAnimationFrame((now) => this.#render(now));
  }

  repaint() {
    this.#stale = true;
    this.redraw();
  }

  /** The view has changed. */
  moved() {
    this.timing.movedAt = performance.now();
    this.redraw();
  }

  /** @param {number} category shown alone; -1 shows all */
  highlight(category) {
    this.#highlight = category;
    this.repaint();
  }

  themeChanged() {
    this.#theme = null;
    this.#themeVersion++;
    this.repaint();
  }

  /** @param {import('./camera.js').View} to */
  startGlide(to) {
    const { camera } = this;
    this.#glide = { from: { ...camera.view }, to: camera.bounded(to), since: performance.now() };
  }

  stopGlide() {
    this.#glide = null;
  }

  /** Fits the canvas to its element. */
  resize() {
    const { canvas } = this;
    this.#dpr = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
    const { width, height } = canvas.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    canvas.width = Math.round(width * this.#dpr);
    canvas.height = Math.round(height * this.#dpr);
    this.camera.resize(width, height);
    this.#stale = true;
    // A resized canvas is empty: it is drawn before the browser shows it.
    this.timing.paintedAt = -Infinity;
    this.stop();
    this.#render(performance.now());
  }

  stop() {
    cancelAnimationFrame(this.#frame);
  }

  /** @param {number} now */
  #render(now) {
    const { timing, camera, ctx } = this;
    this.#frame = 0;
    if (timing.justPainted) {
      // The browser draws after this script has ended: a late next frame shows the real cost.
      timing.paintMs = Math.max(timing.paintMs, now - timing.paintedAt - FRAME_MS);
      timing.justPainted = false;
    }
    const theme = (this.#theme ??= readTheme(this.canvas, this.plan.categories));
    if (this.#glide) this.#followGlide(this.#glide, now);
    if (this.#mustPaint(now)) this.#paint(theme, now);
    this.#showPicture(theme);
    ctx.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
    const { seats, marks } = this;
    const highlight = this.#highlight;
    const isAnimated = this.overlay.draw({ camera, theme, highlight, now, seats, marks });
    if (this.#glide || isAnimated || this.#stale || !this.#isSharp()) this.redraw();
  }

  /** @param {import('./camera.js').Glide} glide @param {number} now */
  #followGlide(glide, now) {
    const { view, done } = alongGlide(glide, now);
    this.camera.set(view);
    this.timing.movedAt = performance.now();
    if (done) this.#glide = null;
  }

  /** @param {import('./colors.js').Theme} theme @param {number} now */
  #paint(theme, now) {
    const { timing, camera, seats } = this;
    const started = performance.now();
    const [themeVersion, dpr, highlight] = [this.#themeVersion, this.#dpr, this.#highlight];
    this.layer.paint(camera, { theme, themeVersion, dpr, highlight, seats });
    timing.paintMs = performance.now() - started;
    timing.paintedAt = now;
    timing.justPainted = this.#glide !== null || now - timing.movedAt < REST_MS;
    this.#stale = false;
  }

  /** How much the picture is stretched on the screen. */
  #stretch() {
    return (this.camera.view.scale * this.#dpr) / this.layer.shown.scale;
  }

  #isSharp() {
    return Math.abs(1 / this.#stretch() - 1) < 1e-6;
  }

  /** Whether the picture does not cover the window. */
  #isUncovered() {
    const { shown } = this.layer;
    const { view, size } = this.camera;
    const halfWidth = size.width / 2 / view.scale;
    const halfHeight = size.height / 2 / view.scale;
    return (
      view.x - halfWidth < shown.minX ||
      view.x + halfWidth > shown.maxX ||
      view.y - halfHeight < shown.minY ||
      view.y + halfHeight > shown.maxY
    );
  }

  /** @param {number} now */
  #mustPaint(now) {
    const { timing } = this;
    const isUncovered = this.#isUncovered();
    if (!this.#stale && !isUncovered && this.#isSharp()) return false;
    if (timing.paintMs <= CHEAP_PAINT_MS) return true;
    if (!this.#glide && performance.now() - timing.movedAt > REST_MS)
      return now - timing.paintedAt > REST_MS;
    const stretch = this.#stretch();
    const isPoor = isUncovered || stretch > MAX_STRETCH || stretch < 1 / MAX_STRETCH;
    return isPoor && now - timing.paintedAt > Math.max(STALE_MS, timing.paintMs * PAINT_SHARE);
  }

  /**
   * Draws the picture where and as large as the camera shows it.
   * @param {import('./colors.js').Theme} theme
   */
  #showPicture(theme) {
    const { ctx, canvas, layer, camera } = this;
    const stretch = this.#stretch();
    const isSharp = this.#isSharp();
    const x = camera.screenX(layer.shown.minX) * this.#dpr;
    const y = camera.screenY(layer.shown.minY) * this.#dpr;
    const [left, top] = isSharp ? [Math.round(x), Math.round(y)] : [x, y];
    const width = layer.canvas.width * stretch;
    const height = layer.canvas.height * stretch;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const isCovered =
      left <= 0 && top <= 0 && left + width >= canvas.width && top + height >= canvas.height;
    if (!isCovered) {
      ctx.fillStyle = `rgb(${theme.floor.join(' ')})`;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
    }
    ctx.imageSmoothingEnabled = !isSharp;
    ctx.drawImage(layer.canvas, left, top, width, height);
  }
}
