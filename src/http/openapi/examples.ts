import { codeExample } from '../ticket/ticket-examples.js';

/** One small sale, as the examples of the API documentation. */

const eventId = '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22';
const reservationId = '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33';
const seatingPlanHash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const seatIds = ['A-1-1', 'A-1-2'];
const total = { amountMinor: 9000, currency: 'EUR' };
const counts = { available: 2, reserved: 2, sold: 0, blocked: 0 };

const tickets = seatIds.map((seatId, at) => ({
  ticketId: ['5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d44', '6b2f7f1e-2f6b-5e1a-9f7e-1a5f6b3c0d55'][at]!,
  seatId,
  section: 'Parquet',
  row: '1',
  number: String(at + 1),
  category: 'Stalls',
  code: codeExample,
}));

const held = {
  reservationId,
  eventId,
  seatIds,
  status: 'held',
  expiresAt: '2026-01-15T10:10:03.120Z',
  secondsLeft: 600,
  total,
  revision: 12,
};

const ledgerTotals = {
  currency: 'EUR',
  capturedMinor: 9000,
  keptMinor: 9000,
  refundedMinor: 0,
  obligationsMinor: 0,
  unsettledMinor: 0,
  balanced: true,
};

export const examples = {
  seatingPlan: {
    hash: seatingPlanHash,
    name: 'Small hall',
    size: { width: 200, height: 100 },
    focalPoint: { x: 57.5, y: 0 },
    seatCount: 4,
    categories: [
      { name: 'Stalls', color: '#3d5a80' },
      { name: 'Wheelchair', color: '#2a9d8f' },
    ],
    sections: ['Parquet'],
    rows: ['1'],
    areas: [],
    seats: {
      id: ['A-1-1', 'A-1-2', 'A-1-3', 'A-1-4'],
      section: [0, 0, 0, 0],
      row: [0, 0, 0, 0],
      number: ['1', '2', '3', '4'],
      category: [0, 0, 0, 0],
      x: [20, 45, 70, 95],
      y: [20, 20, 20, 20],
    },
    runStart: [0, 4],
  },
  seatingMap: {
    eventId,
    revision: 12,
    seats: [
      {
        seatId: 'A-1-1',
        section: 'Parquet',
        row: '1',
        number: '1',
        x: 20,
        y: 20,
        category: 'Stalls',
        amountMinor: 4500,
        currency: 'EUR',
        status: 'reserved',
      },
    ],
  },
  seatStatus: { eventId, revision: 12, counts, status: 'rraa' },
  seatStatusStream:
    'id: 12\ndata: {"revision":12,"changes":[{"seatId":"A-1-1","status":"reserved"}]}\n\n',
  reserveSeats: { seatIds },
  reserveBest: { bestAvailable: { quantity: 2, category: 'Stalls' } },
  held,
  reservation: {
    ...held,
    status: 'confirmed',
    secondsLeft: 0,
    revision: 14,
    tickets,
    payment: { status: 'failed', reason: 'declined' },
  },
  ownReservations: { reservations: [held] },
  confirm: { payment: { token: 'tok_success' }, email: 'alice@example.org' },
  paymentPending: { reservationId, status: 'payment-pending' },
  notice: {
    id: 'nt_1',
    type: 'charge.processing',
    createdAt: '2026-01-15T10:03:00.000Z',
    data: {
      idempotencyKey: 'any',
      reference: 'py_1',
      amount: total,
      about: { eventId, reservationId, attempt: 1 },
    },
  },
  noticeTaken: { received: true },
  openPayments: {
    payments: [
      {
        eventId,
        reservationId,
        customerId: 'alice',
        provider: 'stripe',
        status: 'refund-due',
        failure: null,
        attempt: 1,
        currency: 'EUR',
        amountMinor: 9000,
        keptMinor: 0,
        dueMinor: 9000,
        refundedMinor: 0,
        requestedAt: '2026-01-15T10:03:00.000Z',
        changedAt: '2026-01-15T10:13:02.000Z',
      },
    ],
    notices: [
      {
        provider: 'stripe',
        noticeId: 'evt_1',
        problem: 'payment-unknown',
        type: 'payment_intent.succeeded',
        reference: 'pi_1',
        eventId,
        reservationId,
        amount: total,
        receivedAt: '2026-01-15T10:13:02.000Z',
      },
    ],
  },
  noticeResolved: { provider: 'stripe', noticeId: 'evt_1', resolved: true },
  paymentAdvanced: { reservationId, settled: true },
  ledger: { balanced: true, totals: [ledgerTotals] },
  ledgerOfEvent: { eventId, balanced: true, totals: [ledgerTotals] },
  confirmed: { reservationId, status: 'confirmed', tickets, total, revision: 14 },
  blocked: { revision: 15, seatIds },
  salesClosed: { revision: 16 },
} as const;
