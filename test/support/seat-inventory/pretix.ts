/** Parts of a plan in pretix's format, for tests to spoil. */
export type Json = Record<string, unknown>;

export const seat = (id: unknown, more: Json = {}): Json => ({
  seat_guid: id,
  seat_number: '1',
  position: { x: 0, y: 0 },
  category: 'A',
  ...more,
});
export const row = (seats: unknown, more: Json = {}): Json => ({
  row_number: '1',
  position: { x: 0, y: 0 },
  seats,
  ...more,
});
export const zone = (rows: unknown, more: Json = {}): Json => ({
  name: 'Z',
  position: { x: 0, y: 0 },
  rows,
  ...more,
});
export const plan = (zones: unknown, more: Json = {}): Json => ({
  name: 'House',
  categories: [{ name: 'A', color: '#ff0000' }],
  zones,
  ...more,
});
export const withSeat = (more: Json): Json => plan([zone([row([seat('1', more)])])]);
export const withArea = (area: unknown): Json =>
  plan([zone([row([seat('1')])], { areas: [area] })]);
export const withSeats = (count: number): Json =>
  plan([zone([row(Array.from({ length: count }, () => null))])]);
export const many = <Item>(count: number, item: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => item(at));
