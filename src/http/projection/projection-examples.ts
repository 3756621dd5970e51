const compared = {
  equal: false,
  tables: [
    {
      table: 'seat_status',
      oldRows: 9,
      newRows: 10,
      oldHash: '-12931009432',
      newHash: '88412000317',
      differing: [{ key: [{ column: 'seat_id', value: 'A-1-1' }], in: 'new' }],
    },
  ],
};

const rebuild = {
  projection: 'seat-status',
  version: 1,
  generation: 2,
  kind: 'rebuild',
  phase: 'loading',
  acceptDifference: false,
  startedBy: 'olga',
  startedAt: '2026-06-11T18:12:07.044Z',
  decidedBy: 'otto',
  endedAt: '2026-06-11T18:13:02.410Z',
  done: 400000,
  total: 1000000,
  perSecond: 41000,
  etaSeconds: 15,
  comparison: compared,
  error: 'the database does not answer',
};

/** What may be null in them. */
export const NULLABLE = [
  'decidedBy',
  'endedAt',
  'total',
  'etaSeconds',
  'comparison',
  'error',
  'rebuild',
];

export const projectionExamples = {
  list: {
    projections: [
      {
        name: 'seat-status',
        version: 1,
        serving: { version: 1, generation: 1 },
        state: 'live',
        lagSeconds: 0.01,
        lastEventAt: '2026-06-11T18:12:07.044Z',
        parked: { failed: 0, waiting: 0 },
        previous: { version: 1, generation: 1 },
        rebuild,
      },
    ],
  },
  rebuild: { rebuild },
  progress: { rebuild: { ...rebuild, phase: 'differs' } },
  parked: {
    parked: [
      {
        id: '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
        stream: 'seatInventory-e1',
        revision: 7,
        type: 'SeatsReserved',
        error: 'unsupported Unicode escape sequence',
        attempts: 3,
        parkedAt: '2026-06-11T18:12:07.044Z',
        waiting: 2,
        event: {},
      },
    ],
  },
  settled: { applied: 3 },
};
