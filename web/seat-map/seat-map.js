import { h, prefersReducedMotion } from '../dom.js';
import { createBaseLayer, SEATS_FULL_PX, SEAT_SHARE } from './base-layer.js';
import { alongGlide, createCamera } from './camera.js';
import { readTheme } from './colors.js';
import { boundsOf } from './geometry.js';
import { listenForGestures } from './gestures.js';
import { listenForKeys } from './keyboard.js';
import { createOverlay } from './overlay.js';

/** Distance of neighbouring seats at the closest zoom, and at which a finger can pick one. CSS pixels. */
const CLOSEST_SEAT_PX = 46;
const FINGER_SEAT_PX = 15;
const COMFORTABLE_SEAT_PX = 26;
const FINGER_REACH_PX = 16;
const MOUSE_REACH_PX = 4;
/** While the view moves, the picture is repainted in every frame if that costs no more than this … */
const CHEAP_PAINT_MS = 5;
const FRAME_MS = 1000 / 60;
/** … and else when it has been at rest for a moment, or lacks an edge or is stretched too far for this long. */
const REST_MS = 90;
const STALE_MS = 160;
const MAX_STRETCH = 1.9;
/** Then painting may take one part in this many of the time. */
const PAINT_SHARE = 5;
const MAX_FLASHES = 150;

/**
 * The seating plan on a canvas. Not one DOM node per seat: 94,000 of them would stop the page.
 * @param {{
 *   plan: import('./plan.js').Plan, seats: import('../sale/seat-status.js').SeatStatus,
 *   label: string, describedBy: string,
 *   onPick: (seat: number) => void, onPoint: (seat: number, x: number, y: number) => void,
 *   onCursor: (seat: number) => void,
 * }} options
 */
export function createSeatMap({ plan, seats, label, describedBy, onPick, onPoint, onCursor }) {
  /** @type {HTMLCanvasElement} */
  const canvas = h('canvas', {
    class: 'seat-map__canvas',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'seating plan',
    'aria-label': label,
    'aria-describedby': describedBy,
  });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
  const camera = createCamera(plan.box, CLOSEST_SEAT_PX / plan.seatPitch);
  const layer = createBaseLayer(plan);
  const overlay = createOverlay(plan);
  const marks = {
    chosen: new Set(),
    own: new Set(),
    circled: new Set(),
    cursor: -1,
    hover: -1,
    flashes: new Map(),
  };
  const timing = { paintMs: 0, paintedAt: -Infinity, movedAt: -Infinity, justPainted: false };
  let theme = /** @type {import('./colors.js').Theme | null} */ (null);
  let themeVersion = 0;
  let highlight = -1;
  let stale = true;
  let frame = 0;
  let dpr = 1;
  /** @type {import('./camera.js').Glide | null} */
  let glide = null;

  const seatPx = () => plan.seatPitch * camera.view.scale;
  const redraw = () => (frame ||= requestAnimationFrame(render));
  const repaint = () => {
    stale = true;
    redraw();
  };
  const moved = () => {
    timing.movedAt = performance.now();
    redraw();
  };

  function render(/** @type {number} */ now) {
    frame = 0;
    if (timing.justPainted) {
      // The browser draws after this script has ended: a late next frame tells what the picture really cost.
      timing.paintMs = Math.max(timing.paintMs, now - timing.paintedAt - FRAME_MS);
      timing.justPainted = false;
    }
    theme ??= readTheme(canvas, plan.categories);
    if (glide) {
      const { view, done } = alongGlide(glide, now);
      camera.set(view);
      timing.movedAt = performance.now();
      if (done) glide = null;
    }
    if (mustPaint(now)) {
      const started = performance.now();
      layer.paint(camera, { theme, themeVersion, dpr, highlight, seats });
      timing.paintMs = performance.now() - started;
      timing.paintedAt = now;
      timing.justPainted = glide !== null || now - timing.movedAt < REST_MS;
      stale = false;
    }
    blit();
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    const moving = overlay.draw(ctx, { camera, theme, highlight, now, seats, ...marks });
    if (glide || moving || stale || !isSharp()) redraw();
  }

  const isSharp = () => Math.abs(layer.shown.scale / (camera.view.scale * dpr) - 1) < 1e-6;

  /** Whether the picture shows another scale, or less than the window. */
  function mustPaint(/** @type {number} */ now) {
    const { shown } = layer;
    const halfWidth = camera.size.width / 2 / camera.view.scale;
    const halfHeight = camera.size.height / 2 / camera.view.scale;
    const uncovered =
      camera.view.x - halfWidth < shown.minX ||
      camera.view.x + halfWidth > shown.maxX ||
      camera.view.y - halfHeight < shown.minY ||
      camera.view.y + halfHeight > shown.maxY;
    if (!stale && !uncovered && isSharp()) return false;
    if (timing.paintMs <= CHEAP_PAINT_MS) return true;
    if (!glide && performance.now() - timing.movedAt > REST_MS)
      return now - timing.paintedAt > REST_MS;
    const ratio = (camera.view.scale * dpr) / shown.scale;
    const poor = uncovered || ratio > MAX_STRETCH || ratio < 1 / MAX_STRETCH;
    return poor && now - timing.paintedAt > Math.max(STALE_MS, timing.paintMs * PAINT_SHARE);
  }

  /** Shows the picture where and as large as the camera now has it. */
  function blit() {
    const { shown } = layer;
    const ratio = (camera.view.scale * dpr) / shown.scale;
    const x = camera.screenX(shown.minX) * dpr;
    const y = camera.screenY(shown.minY) * dpr;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const sharp = isSharp();
    const [left, top] = sharp ? [Math.round(x), Math.round(y)] : [x, y];
    const right = left + layer.canvas.width * ratio;
    const bottom = top + layer.canvas.height * ratio;
    if (left > 0 || top > 0 || right < canvas.width || bottom < canvas.height) {
      ctx.fillStyle = `rgb(${theme?.floor.join(' ')})`;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
    }
    ctx.imageSmoothingEnabled = !sharp;
    ctx.drawImage(layer.canvas, left, top, right - left, bottom - top);
  }

  function glideTo(/** @type {import('./camera.js').View} */ to) {
    if (prefersReducedMotion()) {
      camera.set(to);
      glide = null;
    } else glide = { from: { ...camera.view }, to: camera.bounded(to), since: performance.now() };
    moved();
  }

  const seatAt = (
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ reachPx,
  ) =>
    plan.grid.nearest(
      camera.planX(x),
      camera.planY(y),
      Math.max(plan.seatPitch * SEAT_SHARE * 0.55, reachPx / camera.view.scale),
    );

  function tap(
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {string} */ pointerType,
  ) {
    marks.cursor = -1;
    const needed = pointerType === 'mouse' ? SEATS_FULL_PX * 1.25 : FINGER_SEAT_PX;
    if (seatPx() >= needed) {
      const seat = seatAt(x, y, pointerType === 'mouse' ? MOUSE_REACH_PX : FINGER_REACH_PX);
      if (seat !== -1) onPick(seat);
      return;
    }
    const seat = seatAt(x, y, plan.rowPitch * 2 * camera.view.scale + 10);
    if (seat === -1) return;
    // Too small to hit: come closer first, to where the finger points.
    const closer = COMFORTABLE_SEAT_PX / seatPx();
    if (pointerType === 'mouse') enterSection(seat);
    else glideTo(camera.zoomed(x, y, closer));
  }

  function enterSection(/** @type {number} */ seat) {
    if (seat === -1) return;
    const { box } = plan.sections[plan.section[seat]];
    const target = camera.framing(box, COMFORTABLE_SEAT_PX / plan.seatPitch);
    glideTo({ ...target, scale: Math.max(target.scale, (SEATS_FULL_PX * 1.5) / plan.seatPitch) });
  }

  function point(/** @type {number} */ x, /** @type {number} */ y) {
    const seat = seatPx() >= SEATS_FULL_PX ? seatAt(x, y, MOUSE_REACH_PX) : -1;
    canvas.classList.toggle('is-over-seat', seat !== -1);
    if (seat !== marks.hover) redraw();
    marks.hover = seat;
    onPoint(seat, x, y);
  }

  function moveCursor(/** @type {number} */ seat) {
    marks.cursor = seat;
    onCursor(seat);
    if (seat !== -1) {
      const x = camera.screenX(plan.x[seat]);
      const y = camera.screenY(plan.y[seat]);
      const edge = 60;
      const outside =
        x < edge || y < edge || x > camera.size.width - edge || y > camera.size.height - edge;
      if (outside) glideTo({ ...camera.view, x: plan.x[seat], y: plan.y[seat] });
    }
    redraw();
  }

  const pan = (/** @type {number} */ dx, /** @type {number} */ dy) => {
    glide = null;
    camera.pan(dx, dy);
    moved();
  };
  const zoomBy = (/** @type {number} */ factor) =>
    glideTo(camera.zoomed(camera.size.width / 2, camera.size.height / 2, factor));
  const fit = () => glideTo(camera.fitted());

  listenForGestures(canvas, {
    pan,
    zoom(x, y, factor) {
      glide = null;
      camera.set(camera.zoomed(x, y, factor));
      moved();
    },
    tap,
    hover: point,
    leave: () => point(-1e6, -1e6),
  });
  listenForKeys(canvas, plan, camera, {
    cursor: () => marks.cursor,
    ...{ moveCursor, pick: onPick, pan, zoomBy, fit, enterSection },
  });
  canvas.addEventListener('blur', () => marks.cursor !== -1 && moveCursor(-1));

  const observer = new ResizeObserver(() => {
    dpr = Math.min(3, window.devicePixelRatio || 1);
    const { width, height } = canvas.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
    camera.resize(width, height);
    stale = true;
    // A resized canvas is empty: fill it before the browser shows it.
    timing.paintedAt = -Infinity;
    cancelAnimationFrame(frame);
    render(performance.now());
  });
  observer.observe(canvas);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const themeChanged = () => {
    theme = null;
    themeVersion++;
    repaint();
  };
  scheme.addEventListener('change', themeChanged);

  const map = {
    codes: seats.codes,
    canvas,
    zoomBy,
    fit,
    timing,
    /** @param {number[]} changed seats; a few of them light up so that the eye catches what others took */
    statusChanged(changed) {
      if (changed.length <= MAX_FLASHES && seatPx() >= SEATS_FULL_PX && !prefersReducedMotion()) {
        for (const seat of changed) marks.flashes.set(seat, performance.now());
      }
      repaint();
    },
    /** @param {Iterable<number>} chosen @param {Iterable<number>} own @param {Iterable<number>} circled */
    mark(chosen, own, circled) {
      marks.chosen = new Set(chosen);
      marks.own = new Set(own);
      marks.circled = new Set(circled);
      redraw();
    },
    /** @param {number} category shown alone; -1 shows all */
    highlight(category) {
      highlight = category;
      repaint();
    },
    /** Brings seats into view. @param {number[]} targets */
    show(targets) {
      if (targets.length === 0) return;
      const at = (/** @type {Float32Array} */ column) =>
        Float32Array.from(targets, (seat) => column[seat]);
      const box = boundsOf(at(plan.x), at(plan.y), plan.seatPitch * 4);
      glideTo(camera.framing(box, COMFORTABLE_SEAT_PX / plan.seatPitch));
    },
    /** Where a seat is drawn, CSS pixels on the canvas. @param {number} seat */
    whereIs: (seat) => ({
      x: camera.screenX(plan.x[seat]),
      y: camera.screenY(plan.y[seat]),
      seatPx: seatPx(),
    }),
    destroy() {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scheme.removeEventListener('change', themeChanged);
    },
  };
  // For browser tests and the console: a canvas cannot be asked where something is on it.
  Object.assign(canvas, { seatMap: map, plan });
  return map;
}
