import { h, prefersReducedMotion } from '../dom.js';
import { SEATS_FULL_PX } from './base-layer.js';
import { Camera } from './camera.js';
import { boundsOf } from './geometry.js';
import { listenForGestures } from './gestures.js';
import { listenForKeys } from './keyboard.js';
import { createMapInput } from './map-input.js';
import { MapPainter } from './map-painter.js';

/**
 * Distances of neighboring seats on the screen: the closest zoom, and a comfortable one. CSS
 * pixels.
 */
const CLOSEST_SEAT_PX = 46;
const COMFORTABLE_SEAT_PX = 26;
/** Larger changes, such as a first load, are not animated. */
const MAX_FLASHES = 150;

/**
 * @typedef {{
 *   plan: import('./plan.js').Plan, seats: import('../sale/seat-status.js').SeatStatus,
 *   label: string, describedBy: string,
 *   onPick: (seat: number) => void, onPoint: (seat: number, x: number, y: number) => void,
 *   onCursor: (seat: number) => void,
 * }} SeatMapOptions
 */

/**
 * Shows the seating plan on a canvas: one DOM node per seat would stop the page at 94,000 seats.
 * @param {SeatMapOptions} options
 */
export function createSeatMap(options) {
  const { plan, seats } = options;
  const canvas = createCanvas(options);
  const camera = new Camera(plan.box, CLOSEST_SEAT_PX / plan.seatPitch);
  const marks = createMarks();
  const painter = new MapPainter(canvas, { plan, seats, camera, marks });
  const input = createMapInput({ canvas, camera, painter, marks, options });
  listenForGestures(canvas, input.gestures);
  listenForKeys(canvas, plan, camera, input.keys);
  canvas.addEventListener('blur', () => marks.cursor !== -1 && input.keys.moveCursor(-1));
  const stopFollowing = followSurroundings(canvas, painter);

  const map = {
    codes: seats.codes,
    canvas,
    zoomBy: input.keys.zoomBy,
    fit: input.keys.fit,
    timing: painter.timing,
    /**
     * Repaints seats; a few of them light up so that the change is noticed.
     * @param {number[]} changed
     */
    statusChanged(changed) {
      const areSeatsVisible = plan.seatPitch * camera.view.scale >= SEATS_FULL_PX;
      if (changed.length <= MAX_FLASHES && areSeatsVisible && !prefersReducedMotion()) {
        for (const seat of changed) marks.flashes.set(seat, performance.now());
      }
      painter.repaint();
    },
    /**
     * @param {Iterable<number>} chosen @param {Iterable<number>} own @param {Iterable<number>}
     * circled
     */
    mark(chosen, own, circled) {
      marks.chosen = new Set(chosen);
      marks.own = new Set(own);
      marks.circled = new Set(circled);
      painter.redraw();
    },
    /** @param {number} category shown alone; -1 shows all */
    highlight: (category) => painter.highlight(category),
    /** Brings seats into view. @param {number[]} targets */
    show(targets) {
      if (targets.length === 0) return;
      const at = (/** @type {Float32Array} */ column) =>
        Float32Array.from(targets, (seat) => column[seat]);
      const box = boundsOf(at(plan.x), at(plan.y), plan.seatPitch * 4);
      input.glideTo(camera.framing(box, COMFORTABLE_SEAT_PX / plan.seatPitch));
    },
    /** Where a seat is drawn, CSS pixels on the canvas. @param {number} seat */
    whereIs: (seat) => ({
      x: camera.screenX(plan.x[seat]),
      y: camera.screenY(plan.y[seat]),
      seatPx: plan.seatPitch * camera.view.scale,
    }),
    destroy() {
      painter.stop();
      stopFollowing();
    },
  };
  // For browser tests and the console: they cannot find a seat on a canvas otherwise.
  Object.assign(canvas, { seatMap: map, plan });
  return map;
}

/** @param {SeatMapOptions} options @returns {HTMLCanvasElement} */
const createCanvas = ({ label, describedBy }) =>
  h('canvas', {
    class: 'seat-map__canvas',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'seating plan',
    'aria-label': label,
    'aria-describedby': describedBy,
  });

/** @returns {import('./overlay.js').Marks} */
const createMarks = () => ({
  chosen: new Set(),
  own: new Set(),
  circled: new Set(),
  cursor: -1,
  hover: -1,
  flashes: new Map(),
});

/**
 * Redraws the map when its element is resized or the color scheme changes.
 * @param {HTMLCanvasElement} canvas @param {MapPainter} painter @returns {() => void} stops it
 */
function followSurroundings(canvas, painter) {
  const observer = new ResizeObserver(() => painter.resize());
  observer.observe(canvas);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const themeChanged = () => painter.themeChanged();
  scheme.addEventListener('change', themeChanged);
  return () => {
    observer.disconnect();
    scheme.removeEventListener('change', themeChanged);
  };
}
