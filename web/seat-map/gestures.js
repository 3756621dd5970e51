/** A press that moves less than this is a tap, CSS pixels. */
const TAP_SLACK_PX = { mouse: 5, pen: 8, touch: 12 };
const WHEEL_ZOOM = 0.0016;
/** A pinch on a trackpad arrives as a wheel with Ctrl and much smaller steps. */
const PINCH_WHEEL_ZOOM = 0.012;
const LINE_PX = 18;
const MAX_WHEEL_STEP = 240;

/**
 * Turns pointers and the wheel into pan, zoom, tap and hover. Positions are CSS pixels on the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {{
 *   pan: (dx: number, dy: number) => void,
 *   zoom: (x: number, y: number, factor: number) => void,
 *   tap: (x: number, y: number, pointerType: string) => void,
 *   hover: (x: number, y: number) => void,
 *   leave: () => void,
 * }} on
 */
export function listenForGestures(canvas, on) {
  /** @type {Map<number, {x: number, y: number, startX: number, startY: number}>} */
  const pointers = new Map();
  let isTap = false;

  const place = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0) return;
    const { x, y } = place(event);
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x, y, startX: x, startY: y });
    isTap = pointers.size === 1;
    on.leave();
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const { x, y } = place(event);
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
    else pinch(event.pointerId, pointer, x, y);
    pointer.x = x;
    pointer.y = y;
  }

  /** One of two fingers moved: zoom by their distance around their middle, and pan with it. */
  function pinch(
    /** @type {number} */ id,
    /** @type {{x: number, y: number}} */ before,
    /** @type {number} */ x,
    /** @type {number} */ y,
  ) {
    const other = [...pointers].find(([otherId]) => otherId !== id)?.[1];
    if (!other) return;
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(x - other.x, y - other.y);
    on.pan((x - before.x) / 2, (y - before.y) / 2);
    if (was > 0 && is > 0) on.zoom((x + other.x) / 2, (y + other.y) / 2, is / was);
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove('is-dragging');
    if (!isTap || event.type === 'pointercancel') return;
    isTap = false;
    const { x, y } = place(event);
    on.tap(x, y, event.pointerType);
  }

  /** @param {WheelEvent} event */
  function wheel(event) {
    event.preventDefault();
    const { x, y } = place(event);
    const delta = event.deltaY * (event.deltaMode === 1 ? LINE_PX : 1);
    const step = Math.max(-MAX_WHEEL_STEP, Math.min(MAX_WHEEL_STEP, delta));
    on.zoom(x, y, Math.exp(-step * (event.ctrlKey ? PINCH_WHEEL_ZOOM : WHEEL_ZOOM)));
  }

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', () => on.leave());
  canvas.addEventListener('wheel', wheel, { passive: false });
}
