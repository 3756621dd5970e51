export const AVAILABLE = 0;
export const RESERVED = 1;
export const SOLD = 2;
export const BLOCKED = 3;

const LETTERS = 'arsb';
/** @type {Record<string, number>} */
const CODE_OF = { available: AVAILABLE, reserved: RESERVED, sold: SOLD, blocked: BLOCKED };
export const STATUS_WORDS = ['available', 'being bought', 'sold', 'not for sale'];

/**
 * The status of all seats: one byte per seat in plan order, with counts.
 * @typedef {ReturnType<typeof createSeatStatus>} SeatStatus
 * @param {import('../seat-map/plan.js').Plan} plan
 */
export function createSeatStatus(plan) {
  const codes = new Uint8Array(plan.seatCount).fill(BLOCKED);
  const counts = [0, 0, 0, plan.seatCount];
  const availableByBlock = new Uint32Array(plan.blocks.length);
  const availableByCategory = new Uint32Array(plan.categories.length);

  function set(/** @type {number} */ seat, /** @type {number} */ code) {
    const before = codes[seat];
    if (before === code) return false;
    counts[before]--;
    counts[code]++;
    const freed = (code === AVAILABLE ? 1 : 0) - (before === AVAILABLE ? 1 : 0);
    availableByBlock[plan.blockOf[seat]] += freed;
    availableByCategory[plan.category[seat]] += freed;
    codes[seat] = code;
    return true;
  }

  const status = {
    codes,
    counts,
    availableByBlock,
    availableByCategory,
    /** Revision of the stream that the status belongs to; -1 before the first answer. */
    revision: -1,
    /**
     * @param {string} letters one per seat @param {number} revision @returns {number[]} changed
     * seats
     */
    replace(letters, revision) {
      status.revision = revision;
      const changed = [];
      for (let seat = 0; seat < codes.length; seat++) {
        const code = LETTERS.indexOf(letters[seat]);
        if (set(seat, code === -1 ? BLOCKED : code)) changed.push(seat);
      }
      return changed;
    },
    /**
     * @param {{seatId: string, status: string}[]} changes @param {number} revision @returns
     * {number[]}
     */
    apply(changes, revision) {
      if (revision > status.revision) status.revision = revision;
      const changed = [];
      for (const change of changes) {
        const seat = plan.indexOf.get(change.seatId);
        if (seat !== undefined && set(seat, CODE_OF[change.status] ?? BLOCKED)) changed.push(seat);
      }
      return changed;
    },
    /**
     * Sets what another answer tells, such as a rejection.
     * @param {number[]} seats @param {number} code
     */
    note: (seats, code) => seats.filter((seat) => set(seat, code)),
  };
  return status;
}
