import { examples } from '../openapi/examples.js';

const { reservationId, eventId } = examples.held;

/** The small sale of `examples.ts`, told on: what an organiser does after it. */
export const afterSaleExamples = {
  refunded: {
    reservationId,
    status: 'refunded',
    refund: { status: 'done', amountMinor: 9000, currency: 'EUR' },
    revision: 15,
  },
  exchangePending: { reservationId, status: 'payment-pending' },
  exchanged: {
    reservationId,
    status: 'confirmed',
    seatIds: ['A-1-3', 'A-1-4'],
    total: { amountMinor: 7000, currency: 'EUR' },
    revision: 15,
    refund: { status: 'done', amountMinor: 2000, currency: 'EUR' },
  },
  cancelled: { eventId, status: 'cancelled' },
  cancellation: {
    eventId,
    status: 'done',
    reason: 'the singer is ill',
    reservations: 120,
    refunded: 120,
    due: 0,
    startedAt: '2026-06-10T08:00:00.000Z',
    finishedAt: '2026-06-10T08:00:09.000Z',
  },
} as const;
