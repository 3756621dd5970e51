import type { SeatLayout } from '../../seating-plan/layout.js';
import { nfc } from '../../shared/text.js';
import type { SeatInventoryRejection } from '../commands.js';

export const seatNames = ({ seatIds }: SeatLayout, seats: readonly number[]): string[] =>
  seats.map((seat) => seatIds[seat]!);

/**
 * Returns the ids as the layout spells them. An old plan may have decomposed ids (Unicode NFD), and
 * a command may use either form. Unknown ids are returned unchanged.
 */
export function layoutSeatIds(seatIds: readonly string[], layout: SeatLayout): string[] {
  return seatIds.map((seatId) => {
    const index = layout.indexOf.get(seatId);
    return index === undefined ? seatId : layout.seatIds[index]!;
  });
}

/** Finds a category by its exact name, else by its name in Unicode NFC, as the layout spells it. */
export function layoutCategory(category: string, { categories }: SeatLayout): string | undefined {
  const found =
    categories.find(({ name }) => name === category) ??
    categories.find(({ name }) => nfc(name) === nfc(category));
  return found?.name;
}

/** Finds missing, repeated or unknown seats, in this order. Expects ids of `layoutSeatIds`. */
export function checkSeatIds(
  seatIds: readonly string[],
  layout: SeatLayout,
):
  | Extract<
      SeatInventoryRejection,
      { code: 'no-seats-requested' | 'seats-repeated' | 'seats-unknown' }
    >
  | undefined {
  if (seatIds.length === 0) return { code: 'no-seats-requested' };
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const seatId of seatIds) (seen.has(seatId) ? repeated : seen).add(seatId);
  if (repeated.size > 0) return { code: 'seats-repeated', seatIds: [...repeated] };
  const unknown = seatIds.filter((seatId) => !layout.indexOf.has(seatId));
  return unknown.length > 0 ? { code: 'seats-unknown', seatIds: unknown } : undefined;
}
