import { SEATS_FULL_PX } from './base-layer.js';

const PAN_STEP_PX = 80;
const ZOOM_STEP = 1.5;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Controls the map by keys. Arrows go from seat to seat where seats are visible; otherwise, and
 * with Shift, they move the map. Enter picks a seat, + and - zoom, 0 shows everything.
 * @param {HTMLCanvasElement} canvas
 * @param {import('./plan.js').Plan} plan
 * @param {import('./camera.js').Camera} camera
 * @param {{
 *   cursor: () => number, moveCursor: (seat: number) => void, pick: (seat: number) => void,
 *   pan: (dx: number, dy: number) => void, zoomBy: (factor: number) => void, fit: () => void,
 *   enterSection: (seat: number) => void,
 * }} map
 */
export function listenForKeys(canvas, plan, camera, map) {
  const areSeatsVisible = () => plan.seatPitch * camera.view.scale >= SEATS_FULL_PX;
  const seatInMiddle = () => {
    const reach = Math.max(camera.size.width, camera.size.height) / camera.view.scale;
    return plan.grid.nearest(camera.view.x, camera.view.y, reach);
  };

  const followArrow = (/** @type {[number, number]} */ arrow, /** @type {boolean} */ isShifted) => {
    if (isShifted || !areSeatsVisible()) map.pan(-arrow[0] * PAN_STEP_PX, -arrow[1] * PAN_STEP_PX);
    else if (map.cursor() === -1) map.moveCursor(seatInMiddle());
    else map.moveCursor(neighbor(plan, map.cursor(), arrow));
  };
  const enter = () => {
    if (!areSeatsVisible()) map.enterSection(seatInMiddle());
    else if (map.cursor() === -1) map.moveCursor(seatInMiddle());
    else map.pick(map.cursor());
  };
  const zoomIn = () => map.zoomBy(ZOOM_STEP);
  const zoomOut = () => map.zoomBy(1 / ZOOM_STEP);
  const actions = new Map([
    ['+', zoomIn],
    ['=', zoomIn],
    ['-', zoomOut],
    ['_', zoomOut],
    ['0', () => map.fit()],
    ['Home', () => map.fit()],
    ['Escape', () => map.moveCursor(-1)],
    ['Enter', enter],
    [' ', enter],
  ]);

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const action = arrow ? () => followArrow(arrow, event.shiftKey) : actions.get(event.key);
    if (!action) return;
    action();
    event.preventDefault();
  });
}

/** The nearest seat in a direction; the same seat where there is none. */
function neighbor(
  /** @type {import('./plan.js').Plan} */ plan,
  /** @type {number} */ from,
  /** @type {[number, number]} */ [dirX, dirY],
) {
  const { x, y, grid } = plan;
  let best = from;
  for (let reach = plan.seatPitch * 3; best === from && reach < plan.seatPitch * 200; reach *= 3) {
    let cheapest = Infinity;
    const box = {
      minX: x[from] - reach,
      maxX: x[from] + reach,
      minY: y[from] - reach,
      maxY: y[from] + reach,
    };
    grid.forEachIn(box, (seat) => {
      const dx = x[seat] - x[from];
      const dy = y[seat] - y[from];
      const ahead = dx * dirX + dy * dirY;
      const aside = Math.abs(dx * dirY) + Math.abs(dy * dirX);
      if (ahead <= plan.seatPitch * 0.2 || aside > ahead * 1.5 + plan.seatPitch * 0.5) return;
      const cost = ahead + aside * 2;
      if (cost < cheapest) [best, cheapest] = [seat, cost];
    });
  }
  return best;
}
