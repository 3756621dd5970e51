const cause =
  'Expected domain event 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66 at seatInventory-e1@7, found nothing';

/** Fields that may be null. */
export const LOG_NULLABLE = ['cause', 'acceptance', 'finishedAt'];

export const logExamples = {
  status: {
    log: {
      state: 'replaced',
      cause,
      acceptance: {
        number: 1,
        acceptedBy: 'olga',
        acceptedAt: '2026-06-11T18:12:07.044Z',
        finishedAt: '2026-06-11T18:13:02.410Z',
        cause,
      },
      losses: { reservations: 3, payments: 1 },
    },
  },
  losses: {
    losses: [
      {
        number: 1,
        acceptance: 1,
        kind: 'payment',
        eventId: 'e1',
        reservationId: '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22',
        customerId: 'ann',
        before: {},
        after: {},
      },
    ],
    next: 1000,
  },
};
