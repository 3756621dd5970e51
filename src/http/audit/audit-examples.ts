const eventId = '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22';
const reservationId = '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33';
const seatIds = ['A-1-1', 'A-1-2'];
const client = { addressHash: 'm2cXw0i1T0yYw8dJq3vJ0A', userAgent: 'Mozilla/5.0' };
const correlationId = '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66';

const entry = {
  at: '2026-01-15T10:00:00.412Z',
  sentence: `Customer anna reserved seats A-1-1, A-1-2 for EUR 90.00 until 2026-01-15T10:10:00.400Z, as reservation ${reservationId}.`,
  type: 'SeatsReserved',
  stream: `seatInventory-${eventId}`,
  revision: 1,
  id: '5a0c7d7e-9a4e-5f25-8c0d-1f0e2d3c4b5a',
  actor: { id: 'anna', role: 'customer' },
  client,
  commandId: '8e2f6c1a-3b4d-4c5e-9f60-718293a4b5c6',
  correlationId,
  causationId: correlationId,
  schemaVersion: 1,
  data: {
    reservationId,
    customerId: 'anna',
    seatIds,
    total: { amountMinor: 9000, currency: 'EUR' },
    requestDigest: '2c26b46b68ffc68ff99b453c1d304134',
    reservedAt: '2026-01-15T10:00:00.400Z',
    expiresAt: '2026-01-15T10:10:00.400Z',
  },
};

const refused = {
  eventId,
  at: '2026-01-15T10:00:03.020Z',
  code: 'seats-unavailable',
  asked: 'POST /v1/events/:eventId/reservations',
  accountId: 'ben',
  seatIds: ['A-1-1'],
  reservationId,
  ...client,
  correlationId,
  sentence:
    'Account ben asked for seat A-1-1 (POST /v1/events/:eventId/reservations) and was refused: Seats taken.',
};

const story = { complete: true, entries: [entry], refused: [refused] };
const counts = { available: 2, reserved: 2, sold: 0, blocked: 0 };
const held = { status: 'reserved', reservationId, customerId: 'anna' };
const heldBefore = {
  ...held,
  reservationId: 'c81d3a52-7e0f-5b66-8a0d-4f1b2c9e7d10',
  customerId: 'ben',
};

/** One dispute, told through every answer of the audit. */
export const auditExamples = {
  hints: {
    nullable: ['actor', 'client', 'commandId', 'correlationId', 'causationId', 'reservationId'],
    free: ['data'],
    also: {
      'text/csv':
        'at,kind,sentence,type,stream,revision\r\n2026-01-15T10:00:04.120Z,domain event,…\r\n',
      'application/pdf': '(bytes)',
    },
  },
  seat: { eventId, seatId: 'A-1-1', ...story },
  reservation: { eventId, reservationId, ...story },
  customer: { eventId, customerId: 'anna', ...story },
  state: {
    ...{ eventId, revision: 1, at: entry.at, openedAt: '2026-01-10T09:05:00.000Z' },
    ...{ salesClosed: false, cancelled: false, counts, reservations: 1, status: 'rraa' },
    holders: [{ seatId: 'A-1-1', ...held }],
  },
  difference: {
    eventId,
    from: {
      revision: 0,
      at: '2026-01-10T09:05:00.010Z',
      counts: { ...counts, available: 4, reserved: 0 },
    },
    to: { revision: 1, at: entry.at, counts },
    domainEvents: 1,
    changes: [{ seatId: 'A-1-1', before: heldBefore, after: held }],
  },
  replay: `${JSON.stringify(entry)}\n`,
  checkpoints: {
    checkpoints: [
      {
        number: 1,
        document:
          '{"number":1,"madeAt":"2026-01-15T10:01:00.000Z","upTo":{"commit":"812","prepare":"2147"},"streams":3,"root":"q1w2","previous":""}',
        signature: 'c2lnbmF0dXJl',
        kid: 'Zk3q9Xo1aBc',
        madeAt: '2026-01-15T10:01:00.000Z',
        streams: 3,
      },
    ],
    next: 500,
  },
  keys: {
    keys: [
      {
        ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
        ...{ kid: 'Zk3q9Xo1aBc', alg: 'EdDSA', use: 'sig' },
      },
    ],
  },
};
