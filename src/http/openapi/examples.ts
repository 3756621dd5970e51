import { codeExample } from '../ticket/ticket-examples.js';

/** One small sale, told through every body and answer of the documentation. */

const venueId = '1d3a2f6e-7a43-4a52-9f60-2f1d9b0c7a11';
const eventId = '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22';
const reservationId = '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33';
const seatingPlanHash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const seatIds = ['A-1-1', 'A-1-2'];
const total = { amountMinor: 9000, currency: 'EUR' };
const venue = {
  venueId,
  name: 'Estadio Azteca',
  city: 'Mexico City',
  country: 'MX',
  location: { lat: 19.303, lon: -99.1506 },
  timeZone: 'America/Mexico_City',
};
const counts = { available: 2, reserved: 2, sold: 0, blocked: 0 };

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

const venueView = {
  ...venue,
  seatingPlanHash,
  seatCount: 4,
  categories: [
    { name: 'Stalls', seatCount: 4 },
    { name: 'Wheelchair', seatCount: 0 },
  ],
  registeredAt: '2026-01-10T09:00:00.000Z',
};

const event = {
  eventId,
  name: 'Mexico v. South Africa',
  status: 'scheduled',
  venue,
  startsAt: '2026-06-11T19:00:00.000Z',
  salesEndMinutesAfterStart: 0,
  salesEndAt: '2026-06-11T19:00:00.000Z',
  rescheduledFrom: '2026-06-11T18:00:00.000Z',
  timeZone: 'America/Mexico_City',
  category: 'Football',
  performers: ['Mexico', 'South Africa'],
  description: 'The opening match.',
  prices: [
    { category: 'Wheelchair', amountMinor: 4500, currency: 'EUR', byRequest: true },
    { category: 'Stalls', amountMinor: 4500, currency: 'EUR' },
  ],
  onSaleAt: '2026-01-15T10:00:00.000Z',
  salesClosed: false,
  holdSeconds: 600,
  maxSeatsPerCustomer: 10,
  singleSeatRule: 'lenient',
  requireContactToHold: true,
  autoWaitingRoom: true,
  seatCount: 4,
  seatingPlanHash,
  availability: counts,
  changes: 1,
  changedAt: '2026-02-03T12:00:00.000Z',
  revision: 12,
};

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
  venueRegistered: { venueId, seatCount: 4, seatingPlanHash, warnings: [] },
  venue: venueView,
  venues: { venues: [venueView] },
  eventScheduled: { eventId, seatCount: 4, revision: 0, changed: true },
  eventChanged: { eventId, changed: true, revision: 13 },
  event,
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
  devToken: {
    token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlcyI6WyJjdXN0b21lciJdfQ.c2lnbmF0dXJl',
    tokenType: 'Bearer',
    expiresAt: '2026-01-15T22:00:00.000Z',
  },
  live: { status: 'ok' },
  ready: {
    status: 'ready',
    checks: { 'event store': 'ok', log: 'withheld', database: 'ok' },
    causes: {
      log: 'transaction of psql (pid 4711) in database shop, idle in transaction, open for 95 s',
    },
  },
  clock: { now: 1_781_204_400_000 },
} as const;

export const calendarExample = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Boxoffice//Boxoffice//EN'],
  ...['BEGIN:VEVENT', `UID:${eventId}@boxoffice`, 'SEQUENCE:1', 'DTSTAMP:20260203T120000Z'],
  ...['DTSTART:20260611T190000Z', 'SUMMARY:Mexico v. South Africa', 'STATUS:CONFIRMED'],
  ...['END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n');

export const jsonLdExample = {
  '@context': 'https://schema.org',
  '@type': 'Event',
  name: event.name,
  startDate: '2026-06-11T13:00:00-06:00',
  previousStartDate: '2026-06-11T12:00:00-06:00',
  eventStatus: 'https://schema.org/EventRescheduled',
  location: { '@type': 'Place', name: venue.name },
  offers: [{ '@type': 'Offer', name: 'Stalls', price: '45.00', priceCurrency: 'EUR' }],
};
