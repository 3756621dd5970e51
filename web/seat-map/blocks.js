import { quantile } from './geometry.js';

/**
 * The seats of one section in one category, drawn as one shape from afar.
 * @typedef {{
 *   section: number, category: number, seatCount: number, shape: any, width: number, box:
 *   import('./plan.js').Box,
 * }} Block
 * `shape`: a Path2D of its outlines; filled, and stroked `width` wide, it covers the block's seats.
 *
 * @typedef {{start: number, end: number}} Run  seats `start … end - 1`: one row without an aisle
 * @typedef {{x: Float32Array, y: Float32Array, row: Uint32Array, section: Uint16Array, category:
 * Uint16Array,
 *   seatPitch: number, rowPitch: number}} Seats
 */

/** Ends of rows in one outline are at most this many row distances apart. */
const REACH = 2.2;
/** Fewer seats behind the last full row, as a part of the block, are left out of the outline. */
const SMALLEST_SHARE = 0.04;

/** @param {Seats} seats */
export function blocksOf(seats) {
  const { x, section, category } = seats;
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Run[][][]} by block: runs one behind the other */
  const chains = [];
  const blockOf = new Uint16Array(x.length);
  /** @type {Map<number, number>} */
  const known = new Map();
  for (let start = 0; start < x.length;) {
    const key = section[start] * 4096 + category[start];
    let index = known.get(key);
    if (index === undefined) {
      index = blocks.length;
      known.set(key, index);
      blocks.push(emptyBlock(section[start], category[start]));
      chains.push([]);
    }
    const run = { start, end: runEnd(seats, start) };
    blockOf.fill(index, run.start, run.end);
    count(blocks[index], seats, run);
    const behind = chains[index].findLast((chain) => isBehind(seats, chain[chain.length - 1], run));
    if (behind) behind.push(run);
    else chains[index].push([run]);
    start = run.end;
  }
  blocks.forEach((block, index) => {
    block.width = widthOf(seats, chains[index]);
    for (const chain of chains[index]) {
      const seatCount = chain.reduce((sum, { start, end }) => sum + end - start, 0);
      if (seatCount >= block.seatCount * SMALLEST_SHARE) outline(block.shape, seats, chain);
    }
  });
  return { blocks, blockOf };
}

/** @param {number} section @param {number} category @returns {Block} */
function emptyBlock(section, category) {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  return { section, category, seatCount: 0, shape: new window.Path2D(), width: 0, box };
}

/** @param {Seats} seats @param {number} start */
function runEnd({ x, y, row, category, seatPitch, rowPitch }, start) {
  const aisle = Math.max(seatPitch, rowPitch) * 2;
  let end = start + 1;
  while (
    end < x.length &&
    row[end] === row[start] &&
    category[end] === category[start] &&
    Math.hypot(x[end] - x[end - 1], y[end] - y[end - 1]) < aisle
  ) {
    end++;
  }
  return end;
}

/** @param {Block} block @param {Seats} seats @param {Run} run */
function count(block, { x, y }, { start, end }) {
  block.seatCount += end - start;
  for (let seat = start; seat < end; seat++) {
    block.box.minX = Math.min(block.box.minX, x[seat]);
    block.box.maxX = Math.max(block.box.maxX, x[seat]);
    block.box.minY = Math.min(block.box.minY, y[seat]);
    block.box.maxY = Math.max(block.box.maxY, y[seat]);
  }
}

/**
 * Whether a run lies directly behind another, with its ends aligned.
 * @param {Seats} seats @param {Run} front @param {Run} run
 */
function isBehind({ x, y, row, rowPitch }, front, run) {
  if (row[front.start] === row[run.start]) return false;
  const apart = (/** @type {number} */ a, /** @type {number} */ b) =>
    Math.hypot(x[a] - x[b], y[a] - y[b]);
  const reach = rowPitch * REACH;
  return apart(front.start, run.start) < reach && apart(front.end - 1, run.end - 1) < reach;
}

/**
 * A width that closes the gaps between the rows of an outline.
 * @param {Seats} seats @param {Run[][]} chains
 */
function widthOf({ x, y, seatPitch, rowPitch }, chains) {
  const gaps = chains.flatMap((chain) =>
    chain.slice(1).map(({ start }, index) => {
      const front = chain[index].start;
      return Math.hypot(x[start] - x[front], y[start] - y[front]);
    }),
  );
  return Math.min(Math.max(quantile(gaps, 0.5), seatPitch), rowPitch * 1.3) * 1.05;
}

/**
 * Traces the first row, the ends of the rows, the last row backwards, and the starts of the rows.
 * @param {any} shape @param {Seats} seats @param {Run[]} chain
 */
function outline(shape, seats, chain) {
  const first = chain[0];
  const last = chain[chain.length - 1];
  const points = [
    ...simplified(seats, first),
    ...chain.slice(1, -1).map(({ end }) => end - 1),
    ...(last === first ? [] : simplified(seats, last).reverse()),
    ...chain
      .slice(1, -1)
      .reverse()
      .map(({ start }) => start),
  ];
  const { x, y, seatPitch } = seats;
  shape.moveTo(x[points[0]], y[points[0]]);
  // A line without length is not drawn.
  if (points.length === 1) shape.lineTo(x[points[0]] + seatPitch / 100, y[points[0]]);
  for (const seat of points.slice(1)) shape.lineTo(x[seat], y[seat]);
  if (last !== first) shape.closePath();
}

/**
 * Seats that keep a run's line exact to a quarter seat (Douglas-Peucker).
 * @param {Seats} seats @param {Run} run
 */
function simplified({ x, y, seatPitch }, { start, end }) {
  /** @type {number[]} */
  const kept = [start];
  const follow = (/** @type {number} */ from, /** @type {number} */ to) => {
    const dx = x[to] - x[from];
    const dy = y[to] - y[from];
    const length = Math.hypot(dx, dy) || 1;
    let farthest = -1;
    let distance = seatPitch / 4;
    for (let seat = from + 1; seat < to; seat++) {
      const off = Math.abs((x[seat] - x[from]) * dy - (y[seat] - y[from]) * dx) / length;
      if (off > distance) [farthest, distance] = [seat, off];
    }
    if (farthest === -1) kept.push(to);
    else {
      follow(from, farthest);
      follow(farthest, to);
    }
  };
  if (end - 1 > start) follow(start, end - 1);
  return kept;
}
