/**
 * Seats by square of the plan, to find seats at a point or in the window without a search through
 * all seats.
 * @typedef {{
 *   cellSize: number, columns: number, lines: number, minX: number, minY: number,
 *   start: Uint32Array, seats: Uint32Array,
 *   nearest: (x: number, y: number, reach: number) => number,
 *   forEachIn: (box: import('./plan.js').Box, visit: (seat: number) => void) => void,
 * }} Grid
 * Cell `c` holds `seats[start[c] … start[c + 1])`.
 */

/** Limits the grid's memory when one seat is far from the others. */
const MAX_CELLS = 250_000;

/** @param {Float32Array} x @param {Float32Array} y @param {number} wantedSize @returns {Grid} */
export function buildGrid(x, y, wantedSize) {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let seat = 0; seat < x.length; seat++) {
    minX = Math.min(minX, x[seat]);
    minY = Math.min(minY, y[seat]);
    maxX = Math.max(maxX, x[seat]);
    maxY = Math.max(maxY, y[seat]);
  }
  if (x.length === 0) [minX, minY, maxX, maxY] = [0, 0, 0, 0];
  const cellSize = Math.max(
    wantedSize,
    Math.sqrt(((maxX - minX) * (maxY - minY)) / MAX_CELLS),
    1e-6,
  );
  const columns = Math.floor((maxX - minX) / cellSize) + 1;
  const lines = Math.floor((maxY - minY) / cellSize) + 1;
  const cellOf = (/** @type {number} */ seat) =>
    Math.floor((y[seat] - minY) / cellSize) * columns + Math.floor((x[seat] - minX) / cellSize);

  const start = new Uint32Array(columns * lines + 1);
  for (let seat = 0; seat < x.length; seat++) start[cellOf(seat) + 1]++;
  for (let cell = 0; cell < columns * lines; cell++) start[cell + 1] += start[cell];
  const next = start.slice();
  const seats = new Uint32Array(x.length);
  for (let seat = 0; seat < x.length; seat++) seats[next[cellOf(seat)]++] = seat;

  /** @param {import('./plan.js').Box} box @param {(seat: number) => void} visit */
  function forEachIn(box, visit) {
    const left = Math.max(0, Math.floor((box.minX - minX) / cellSize));
    const right = Math.min(columns - 1, Math.floor((box.maxX - minX) / cellSize));
    const top = Math.max(0, Math.floor((box.minY - minY) / cellSize));
    const bottom = Math.min(lines - 1, Math.floor((box.maxY - minY) / cellSize));
    for (let line = top; line <= bottom; line++) {
      // Cells of one line lie side by side in `seats`, so a line is one run.
      const end = start[line * columns + right + 1];
      for (let at = start[line * columns + left]; at < end; at++) visit(seats[at]);
    }
  }

  /** The seat nearest to a point and within `reach` of it, or -1. */
  function nearest(
    /** @type {number} */ px,
    /** @type {number} */ py,
    /** @type {number} */ reach,
  ) {
    let best = -1;
    let shortest = reach;
    forEachIn(
      { minX: px - reach, minY: py - reach, maxX: px + reach, maxY: py + reach },
      (seat) => {
        const distance = Math.hypot(x[seat] - px, y[seat] - py);
        if (distance <= shortest) [best, shortest] = [seat, distance];
      },
    );
    return best;
  }

  return { cellSize, columns, lines, minX, minY, start, seats, nearest, forEachIn };
}
