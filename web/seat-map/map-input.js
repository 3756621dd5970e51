import { prefersReducedMotion } from '../dom.js';
import { SEATS_FULL_PX, SEAT_SHARE } from './base-layer.js';

/** With smaller distances of neighboring seats, the tap of a finger zooms in. CSS pixels. */
const FINGER_SEAT_PX = 15;
const FINGER_REACH_PX = 16;
const MOUSE_REACH_PX = 4;
/** Distance of neighboring seats after a zoom to a section or a seat. CSS pixels. */
const COMFORTABLE_SEAT_PX = 26;
/** The cursor is brought into view when it is nearer to the edge than this. CSS pixels. */
const EDGE_PX = 60;

/**
 * Turns gestures and keys into movements of the map and picked seats.
 * @param {{
 *   canvas: HTMLCanvasElement, camera: import('./camera.js').Camera,
 *   painter: import('./map-painter.js').MapPainter, marks: import('./overlay.js').Marks,
 *   options: import('./seat-map.js').SeatMapOptions,
 * }} parts
 */
export function createMapInput({ canvas, camera, painter, marks, options }) {
  const { plan, onPick, onPoint, onCursor } = options;
  const movement = createMovement(camera, painter);
  const find = createSeatFinder(plan, camera);

  /**
   * Picks the seat, or zooms in where seats are too small.
   * @param {number} x @param {number} y @param {string} pointerType
   */
  function tap(x, y, pointerType) {
    marks.cursor = -1;
    const isMouse = pointerType === 'mouse';
    if (find.seatPx() >= (isMouse ? SEATS_FULL_PX * 1.25 : FINGER_SEAT_PX)) {
      const seat = find.at(x, y, isMouse ? MOUSE_REACH_PX : FINGER_REACH_PX);
      if (seat !== -1) onPick(seat);
      return;
    }
    const seat = find.at(x, y, plan.rowPitch * 2 * camera.view.scale + 10);
    if (seat === -1) return;
    if (isMouse) enterSection(seat);
    else movement.glideTo(camera.zoomed(x, y, COMFORTABLE_SEAT_PX / find.seatPx()));
  }

  /** Shows the section of a seat. @param {number} seat */
  function enterSection(seat) {
    if (seat === -1) return;
    const { box } = plan.sections[plan.section[seat]];
    const target = camera.framing(box, COMFORTABLE_SEAT_PX / plan.seatPitch);
    const scale = Math.max(target.scale, (SEATS_FULL_PX * 1.5) / plan.seatPitch);
    movement.glideTo({ ...target, scale });
  }

  /** @param {number} x @param {number} y */
  function point(x, y) {
    const seat = find.seatPx() >= SEATS_FULL_PX ? find.at(x, y, MOUSE_REACH_PX) : -1;
    canvas.classList.toggle('is-over-seat', seat !== -1);
    if (seat !== marks.hover) painter.redraw();
    marks.hover = seat;
    onPoint(seat, x, y);
  }

  /** Moves the keyboard cursor and keeps it in view. @param {number} seat -1 removes it */
  function moveCursor(seat) {
    marks.cursor = seat;
    onCursor(seat);
    if (seat !== -1 && !find.isInView(seat))
      movement.glideTo({ ...camera.view, x: plan.x[seat], y: plan.y[seat] });
    painter.redraw();
  }

  const { pan, zoom, zoomBy, fit, glideTo } = movement;
  return {
    glideTo,
    gestures: { pan, zoom, tap, hover: point, leave: () => point(-1e6, -1e6) },
    keys: { cursor: () => marks.cursor, moveCursor, pick: onPick, pan, zoomBy, fit, enterSection },
  };
}

/**
 * @param {import('./camera.js').Camera} camera @param {import('./map-painter.js').MapPainter}
 * painter
 */
function createMovement(camera, painter) {
  /** @param {import('./camera.js').View} to */
  function glideTo(to) {
    if (prefersReducedMotion()) {
      camera.set(to);
      painter.stopGlide();
    } else painter.startGlide(to);
    painter.moved();
  }

  return {
    glideTo,
    /** @param {number} dx @param {number} dy */
    pan(dx, dy) {
      painter.stopGlide();
      camera.pan(dx, dy);
      painter.moved();
    },
    /** @param {number} x @param {number} y @param {number} factor */
    zoom(x, y, factor) {
      painter.stopGlide();
      camera.set(camera.zoomed(x, y, factor));
      painter.moved();
    },
    /** @param {number} factor */
    zoomBy: (factor) =>
      glideTo(camera.zoomed(camera.size.width / 2, camera.size.height / 2, factor)),
    fit: () => glideTo(camera.fitted()),
  };
}

/** @param {import('./plan.js').Plan} plan @param {import('./camera.js').Camera} camera */
function createSeatFinder(plan, camera) {
  return {
    /** Distance of neighboring seats on the screen, CSS pixels. */
    seatPx: () => plan.seatPitch * camera.view.scale,
    /**
     * @param {number} x @param {number} y @param {number} reachPx @returns {number} the seat, or -1
     */
    at(x, y, reachPx) {
      const reach = Math.max(plan.seatPitch * SEAT_SHARE * 0.55, reachPx / camera.view.scale);
      return plan.grid.nearest(camera.planX(x), camera.planY(y), reach);
    },
    /** @param {number} seat */
    isInView(seat) {
      const x = camera.screenX(plan.x[seat]);
      const y = camera.screenY(plan.y[seat]);
      const { width, height } = camera.size;
      return x >= EDGE_PX && y >= EDGE_PX && x <= width - EDGE_PX && y <= height - EDGE_PX;
    },
  };
}
