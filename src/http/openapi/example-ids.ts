/** Ids of the examples in the API documentation, so that requests and answers fit together. */
export const EXAMPLE = {
  venueId: '1d3a2f6e-7a43-4a52-9f60-2f1d9b0c7a11',
  eventId: '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22',
  reservationId: '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
  ticketId: '5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d44',
  seatingPlanHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  seatIds: ['A-1-1', 'A-1-2'],
} as const;
