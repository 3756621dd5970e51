const SEATS_PER_ROW = 50;

/** A plain hall of rows of 50, in pretix's format, as large as a benchmark needs. */
export function hall(seats: number): object {
  const rowsPerZone = 40;
  const rows = Array.from({ length: Math.ceil(seats / SEATS_PER_ROW) }, (_, row) => ({
    row_number: String(row + 1),
    position: { x: 0, y: (row % rowsPerZone) * 10 },
    seats: Array.from(
      { length: Math.min(SEATS_PER_ROW, seats - row * SEATS_PER_ROW) },
      (_, seat) => ({
        seat_guid: `${row + 1}-${seat + 1}`,
        seat_number: String(seat + 1),
        position: { x: seat * 10, y: 0 },
        category: 'Standard',
      }),
    ),
  }));
  const zones = Array.from({ length: Math.ceil(rows.length / rowsPerZone) }, (_, zone) => ({
    name: `Block ${zone + 1}`,
    position: { x: zone * 600, y: 0 },
    rows: rows.slice(zone * rowsPerZone, (zone + 1) * rowsPerZone),
  }));
  return { name: `Hall of ${seats}`, categories: [{ name: 'Standard', color: '#3d5a80' }], zones };
}

/** Ids of the seats of `hall(seats)`, in the order of the plan. */
export const seatIdsOf = (seats: number): string[] =>
  Array.from(
    { length: seats },
    (_, seat) => `${Math.floor(seat / SEATS_PER_ROW) + 1}-${(seat % SEATS_PER_ROW) + 1}`,
  );
