/** A press that moves less than this is a tap, CSS pixels. */
const TAP_SLACK_PX = { mouse: 5, pen: 8, touch: 12 };
const WHEEL_ZOOM = 0.0016;
/** A pinch on a trackpad arrives as a wheel with Ctrl and much smaller steps. */
const PINCH_WHEEL_ZOOM = 0.012;
const LINE_PX = 18;
const MAX_WHEEL_STEP = 240;

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{
 *   pan: (dx: number, dy: number) => void,
 *   zoom: (x: number, y: number, factor: number) => void,
 *   tap: (x: number, y: number, pointerType: string) => void,
 *   hover: (x: number, y: number) => void,
 *   leave: () => void,
 * }} Gestures
 */

/**
 * Turns pointers and the wheel into pan, zoom, tap and hover. Positions are CSS pixels on the
 * canvas.
 * @param {HTMLCanvasElement} canvas @param {Gestures} on
 */
export function listenForGestures(canvas, on) {
  /** @type {Map<number, {x: number, y: number, startX: number, startY: number}>} */
  const pointers = new Map();
  let isTap = false;

  const otherThan = (/** @type {number} */ id) =>
    [...pointers].find(([otherId]) => otherId !== id)?.[1];

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0) return;
    const { x, y } = positionOn(canvas, event);
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x, y, startX: x, startY: y });
    isTap = pointers.size === 1;
    on.leave();
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const { x, y } = positionOn(canvas, event);
    const pointer = pointers.get(event.pointerId);
    if (!pointer) {
      if (event.pointerType !== 'touch') on.hover(x, y);
      return;
    }
    const slack = TAP_SLACK_PX[/** @type {'mouse'} */ (event.pointerType)] ?? TAP_SLACK_PX.touch;
    if (isTap && Math.hypot(x - pointer.startX, y - pointer.startY) < slack) return;
    if (isTap) canvas.classList.add('is-dragging');
    isTap = false;
    if (pointers.size === 1) on.pan(x - pointer.x, y - pointer.y);
    else pinch(pointer, otherThan(event.pointerId), { x, y }, on);
    pointer.x = x;
    pointer.y = y;
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove('is-dragging');
    if (!isTap || event.type === 'pointercancel') return;
    isTap = false;
    const { x, y } = positionOn(canvas, event);
    on.tap(x, y, event.pointerType);
  }

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', () => on.leave());
  canvas.addEventListener('wheel', (event) => turnWheel(canvas, event, on), { passive: false });
}

/** @param {HTMLCanvasElement} canvas @param {MouseEvent} event @returns {Point} */
function positionOn(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/**
 * One of two fingers moved: zooms by their distance around the point between them, and pans with
 * it.
 * @param {Point} before @param {Point | undefined} other @param {Point} now @param {Gestures} on
 */
function pinch(before, other, now, on) {
  if (!other) return;
  const distanceBefore = Math.hypot(before.x - other.x, before.y - other.y);
  const distance = Math.hypot(now.x - other.x, now.y - other.y);
  on.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  if (distanceBefore > 0 && distance > 0)
    on.zoom((now.x + other.x) / 2, (now.y + other.y) / 2, distance / distanceBefore);
}

/** @param {HTMLCanvasElement} canvas @param {WheelEvent} event @param {Gestures} on */
function turnWheel(canvas, event, on) {
  event.preventDefault();
  const { x, y } = positionOn(canvas, event);
  const delta = event.deltaY * (event.deltaMode === 1 ? LINE_PX : 1);
  const step = Math.max(-MAX_WHEEL_STEP, Math.min(MAX_WHEEL_STEP, delta));
  on.zoom(x, y, Math.exp(-step * (event.ctrlKey ? PINCH_WHEEL_ZOOM : WHEEL_ZOOM)));
}
