/**
 * A venue of two prices, as a pretix plan: seats `A-1`, `A-2`, … of the first row are dear, those
 * of the other rows are not.
 */
export function twoPricePlan(rows: number, seatsPerRow: number): object {
  return {
    name: 'House of two prices',
    categories: [
      { name: 'Dear', color: '#aa3311' },
      { name: 'Standard', color: '#3d5a80' },
    ],
    zones: [
      {
        name: 'Hall',
        position: { x: 0, y: 0 },
        rows: Array.from({ length: rows }, (_, row) => ({
          row_number: String.fromCharCode(65 + row),
          position: { x: 0, y: row * 30 },
          seats: Array.from({ length: seatsPerRow }, (_seat, seat) => ({
            seat_guid: `${String.fromCharCode(65 + row)}-${seat + 1}`,
            seat_number: String(seat + 1),
            position: { x: seat * 20, y: 0 },
            category: row === 0 ? 'Dear' : 'Standard',
          })),
        })),
      },
    ],
    size: { width: seatsPerRow * 20, height: rows * 30 },
  };
}

/** 40.00 and 25.00. */
export const TWO_PRICES = [
  { category: 'Dear', amountMinor: 4_000, currency: 'EUR' },
  { category: 'Standard', amountMinor: 2_500, currency: 'EUR' },
];
