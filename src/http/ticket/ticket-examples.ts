const eventId = '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22';
const reservationId = '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33';
const ticketId = '5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d44';

/** Shortened: a real one has about 400 characters. */
export const codeExample =
  'eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYifQ.eyJqdGkiOiI1YTFmIn0.c2lnbmF0dXJl';

const place = { section: 'Parquet', row: '1', number: '1' };

export const ticketExamples = {
  ownTickets: {
    tickets: [
      {
        eventId,
        reservationId,
        ticketId,
        seatId: 'A-1-1',
        ...place,
        category: 'Stalls',
        status: 'valid',
        issuedAt: '2026-01-15T10:00:41.310Z',
        redeemedAt: '2026-06-11T18:12:07.044Z',
        code: codeExample,
      },
    ],
    next: 'MjAyNi0wMS0xNVQxMDowMDo0MS4zMTBaIDdiMWMgNWExZg',
  },
  checkIn: { code: codeExample },
  checkedIn: { ticketId, seatId: 'A-1-1', ...place, redeemedAt: '2026-06-11T18:12:07.044Z' },
  jwks: {
    keys: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
        kid: '2026',
        alg: 'EdDSA',
        use: 'sig',
      },
    ],
  },
} as const;
