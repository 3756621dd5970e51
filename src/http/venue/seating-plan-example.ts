/** A small seating plan in pretix's public format, for the API documentation. */
export const seatingPlanExample = {
  name: 'Small hall',
  size: { width: 200, height: 100 },
  categories: [
    { name: 'Stalls', color: '#3d5a80' },
    { name: 'Wheelchair', color: '#2a9d8f' },
  ],
  zones: [
    {
      name: 'Parquet',
      position: { x: 20, y: 20 },
      rows: [
        {
          row_number: '1',
          position: { x: 0, y: 0 },
          seats: [
            { seat_guid: 'A-1-1', seat_number: '1', position: { x: 0, y: 0 }, category: 'Stalls' },
            { seat_guid: 'A-1-2', seat_number: '2', position: { x: 25, y: 0 }, category: 'Stalls' },
            { seat_guid: 'A-1-3', seat_number: '3', position: { x: 50, y: 0 }, category: 'Stalls' },
            { seat_guid: 'A-1-4', seat_number: '4', position: { x: 75, y: 0 }, category: 'Stalls' },
          ],
        },
      ],
      areas: [],
    },
  ],
};
