import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemKind, type ProblemCode } from './problem-table.js';
import { PROBLEM_JSON, problemBody } from './problems.js';

/** JSON schema of OpenAPI 3.0, as far as examples lead to it. */
export interface ExampleSchema {
  type?: string;
  items?: ExampleSchema;
  properties?: Record<string, ExampleSchema>;
  required?: string[];
  nullable?: boolean;
}

/** Members, at any depth, that the example alone would get wrong. */
interface ShapeHints {
  /** May be left out. */
  readonly optional?: readonly string[];
  /** May be null. */
  readonly nullable?: readonly string[];
  /** Of any shape. */
  readonly free?: readonly string[];
}

/** The example says it all: its shape is the documented shape. */
export function schemaOf(example: unknown, hints: ShapeHints = {}): ExampleSchema {
  if (Array.isArray(example))
    return { type: 'array', items: example.length > 0 ? schemaOf(example[0], hints) : {} };
  if (typeof example === 'object' && example !== null) {
    // An example without members stands for any.
    if (Object.keys(example).length === 0) return { type: 'object' };
    const { optional = [], nullable = [], free = [] } = hints;
    const members = Object.entries(example).map(([name, value]): [string, ExampleSchema] => [
      name,
      {
        ...(free.includes(name) ? { type: typeof value } : schemaOf(value, hints)),
        ...(nullable.includes(name) && { nullable: true }),
      },
    ]);
    const required = members.map(([name]) => name).filter((name) => !optional.includes(name));
    return {
      type: 'object',
      properties: Object.fromEntries(members),
      ...(required.length > 0 && { required }),
    };
  }
  if (typeof example === 'number') return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example };
}

interface AnswerOptions extends ShapeHints {
  readonly headers?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
}

/** Documents an answer by an example. */
export function Answers(
  status: number,
  description: string,
  example?: unknown,
  { headers = {}, mediaType = 'application/json', ...hints }: AnswerOptions = {},
): MethodDecorator {
  return ApiResponse({
    status,
    description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [
        name,
        { description: text, schema: { type: 'string' } },
      ]),
    ),
    ...(example !== undefined && { content: { [mediaType]: { schema: schemaOf(example, hints), example } } }),
  });
}

/** Refusals that any route with a token, or with a body, may answer. */
const OF_ACCOUNT = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'role-required',
  'rate-limited',
] as const;
const OF_BODY = ['validation-failed', 'body-malformed', 'body-too-large', 'media-type-unsupported'] as const;
const OF_COMMAND = [
  'mailbox-full',
  'too-many-conflicts',
  'event-store-unavailable',
  'outcome-unknown',
] as const;
/** While the event's waiting room is on. */
const OF_PASS = [
  'pass-missing',
  'pass-invalid',
  'pass-wrong-event',
  'pass-wrong-account',
  'pass-expired',
  'pass-outdated',
  'pass-already-used',
  'waiting-room-full',
  'waiting-room-unavailable',
] as const;
export const REFUSALS = { ofAccount: OF_ACCOUNT, ofBody: OF_BODY, ofCommand: OF_COMMAND, ofPass: OF_PASS };

/** What a refusal's further members look like. */
const MEMBERS: Record<string, unknown> = {
  errors: [{ path: '/name', message: 'must be a text of 1 to 200 characters in one line' }],
  requiredRoles: ['customer'],
  limitBytes: 65536,
  fields: ['prices'],
  seatIds: ['A-1-1'],
  unavailableSeatIds: ['A-1-1'],
  strandedSeatIds: ['A-1-3'],
  limit: 10,
  expected: { amountMinor: 9000, currency: 'EUR' },
  told: { amountMinor: 1, currency: 'EUR' },
  difference: { amountMinor: 1500, currency: 'EUR' },
  amount: { amountMinor: 1234, currency: 'KWD' },
  reason: 'unit',
  limitMinor: 10,
  alreadyYours: 8,
  state: 'ended',
  retryAfterSeconds: 12,
  challenge: {
    parameters: {
      ...{ algorithm: 'PBKDF2/SHA-256', cost: 1000, keyLength: 32, keyPrefix: '00', expiresAt: 1781204700 },
      ...{ nonce: '9f0c…', salt: '41ab…', data: { account: 'web-1' } },
    },
    signature: '5d2e…',
  },
  redeemedAt: '2026-06-11T18:12:07.044Z',
  onSaleAt: '2026-01-15T10:00:00.000Z',
  salesEndAt: '2026-06-11T19:00:00.000Z',
  startsAt: '2026-06-11T19:00:00.000Z',
  openedAt: '2026-01-10T09:05:00.000Z',
  newest: 2147,
  category: 'Balcony',
  categories: ['Balcony'],
  currencies: ['EUR', 'MXN'],
  problems: [
    { code: 'seat-guid-repeated', path: '/zones/0/rows/0/seats/1/seat_guid', detail: 'Name each seat once.' },
  ],
  error: 'unsupported Unicode escape sequence',
  requestId: '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
  checks: { postgres: 'ok', eventStore: 'failed' },
};

export function problemExample(code: ProblemCode): Record<string, unknown> {
  const members = (problemKind(code).carries ?? []).map((name) => [name, MEMBERS[name]]);
  return problemBody(code, '/v1/events', Object.fromEntries(members));
}

/** Documents the refusals of a route: one answer per status, one example per code. */
export function Refuses(...codes: readonly ProblemCode[]): MethodDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  // Whatever appends is refused while the log is not the one of the read models.
  const all = codes.includes('outcome-unknown') ? [...codes, 'log-replaced' as const] : codes;
  for (const code of new Set(all)) {
    const { status } = problemKind(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return applyDecorators(
    ...Array.from(byStatus, ([status, ofStatus]) =>
      ApiResponse({
        status,
        description: ofStatus.map((code) => `\`${code}\``).join(', '),
        content: {
          [PROBLEM_JSON]: {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(ofStatus.map((code) => [code, { value: problemExample(code) }])),
          },
        },
      }),
    ),
  );
}
