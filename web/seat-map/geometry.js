/**
 * Returns the usual distances of neighboring seats in a row, and of rows.
 * @param {Float32Array} x @param {Float32Array} y @param {Uint32Array} row @param {Uint16Array}
 * section
 */
export function pitches(x, y, row, section) {
  const along = [];
  const across = [];
  let previous = { start: 0, end: 0 };
  for (let start = 0; start < row.length;) {
    let end = start + 1;
    while (end < row.length && row[end] === row[start]) end++;
    for (let seat = start + 1; seat < end; seat++) {
      along.push(Math.hypot(x[seat] - x[seat - 1], y[seat] - y[seat - 1]));
    }
    if (previous.end > previous.start && section[previous.start] === section[start]) {
      across.push(nearestOf(x, y, (start + end) >> 1, previous));
    }
    previous = { start, end };
    start = end;
  }
  const seatPitch = quantile(along, 0.3) || quantile(across, 0.3) || 20;
  return { seatPitch, rowPitch: Math.max(quantile(across, 0.6) || seatPitch, seatPitch * 0.8) };
}

function nearestOf(
  /** @type {Float32Array} */ x,
  /** @type {Float32Array} */ y,
  /** @type {number} */ seat,
  /** @type {{start: number, end: number}} */ others,
) {
  let shortest = Infinity;
  for (let other = others.start; other < others.end; other++) {
    shortest = Math.min(shortest, Math.hypot(x[seat] - x[other], y[seat] - y[other]));
  }
  return shortest;
}

/** @param {number[]} values @param {number} share between 0 and 1 */
export function quantile(values, share) {
  const sorted = values
    .filter((value) => value > 0 && Number.isFinite(value))
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

/**
 * @param {Float32Array} x @param {Float32Array} y @param {number} margin @returns
 * {import('./plan.js').Box}
 */
export function boundsOf(x, y, margin) {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (let seat = 0; seat < x.length; seat++) {
    if (x[seat] < box.minX) box.minX = x[seat];
    if (x[seat] > box.maxX) box.maxX = x[seat];
    if (y[seat] < box.minY) box.minY = y[seat];
    if (y[seat] > box.maxY) box.maxY = y[seat];
  }
  return {
    minX: box.minX - margin,
    minY: box.minY - margin,
    maxX: box.maxX + margin,
    maxY: box.maxY + margin,
  };
}
