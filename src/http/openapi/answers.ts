import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemKind, type ProblemCode } from '../problems/problem-table.js';
import { PROBLEM_JSON, problemBody } from '../problems/problems.js';

/** JSON schema, as far as examples lead to it; `nullable` becomes a type (`asOpenApi31`). */
export interface ExampleSchema {
  type?: string;
  items?: ExampleSchema;
  properties?: Record<string, ExampleSchema>;
  additionalProperties?: ExampleSchema;
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
  /** Objects with members of any name, each like the first of the example. */
  readonly maps?: readonly string[];
}

/** Fields where a whole number in the example stands for any number. */
const MEASURES: ReadonlySet<string> = new Set([
  ...['x', 'y', 'lat', 'lon', 'width', 'height', 'distanceKm'],
  ...['perSecond', 'arrivalsPerMinute', 'servedPerMinute', 'lagSeconds', 'score'],
]);

/** The example says it all: its shape is the documented shape. */
export function schemaOf(example: unknown, hints: ShapeHints = {}): ExampleSchema {
  if (Array.isArray(example))
    return { type: 'array', items: example.length > 0 ? schemaOf(example[0], hints) : {} };
  if (typeof example === 'object' && example !== null) {
    // An example without members stands for any.
    if (Object.keys(example).length === 0) return { type: 'object' };
    const { optional = [], nullable = [], free = [], maps = [] } = hints;
    const members = Object.entries(example).map(([name, value]): [string, ExampleSchema] => [
      name,
      {
        ...memberSchema(name, value, { free, maps }, hints),
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
  if (typeof example === 'number')
    return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example };
}

function memberSchema(
  name: string,
  value: unknown,
  { free, maps }: Required<Pick<ShapeHints, 'free' | 'maps'>>,
  hints: ShapeHints,
): ExampleSchema {
  if (free.includes(name)) return { type: typeof value };
  if (maps.includes(name)) {
    const [first] = Object.values(value as object) as unknown[];
    return { type: 'object', additionalProperties: schemaOf(first, hints) };
  }
  return typeof value === 'number' && MEASURES.has(name)
    ? { type: 'number' }
    : schemaOf(value, hints);
}

interface AnswerOptions extends ShapeHints {
  readonly headers?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
  /** Other representations of the same, by media type: an example of each, as text. */
  readonly also?: Readonly<Record<string, string>>;
}

/** Documents an answer by an example. */
export function Answers(
  status: number,
  description: string,
  example?: unknown,
  { headers = {}, mediaType = 'application/json', also = {}, ...hints }: AnswerOptions = {},
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
    ...(example !== undefined && {
      content: { [mediaType]: { schema: schemaOf(example, hints), example }, ...textsOf(also) },
    }),
  });
}

const textsOf = (examples: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(examples).map(([mediaType, example]) => [
      mediaType,
      { schema: { type: 'string' }, example },
    ]),
  );

/** Refusals that any route with a token, or with a body, may answer. */
const OF_ACCOUNT = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'role-required',
  'rate-limited',
] as const;
const OF_BODY = [
  'validation-failed',
  'body-malformed',
  'body-too-large',
  'media-type-unsupported',
] as const;
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
export const REFUSALS = {
  ofAccount: OF_ACCOUNT,
  ofBody: OF_BODY,
  ofCommand: OF_COMMAND,
  ofPass: OF_PASS,
};

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
      ...{
        algorithm: 'PBKDF2/SHA-256',
        cost: 1000,
        keyLength: 32,
        keyPrefix: '00',
        expiresAt: 1781204700,
      },
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
    {
      code: 'seat-guid-repeated',
      path: '/zones/0/rows/0/seats/1/seat_guid',
      detail: 'Name each seat once.',
    },
  ],
  error: 'unsupported Unicode escape sequence',
  requestId: '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
  checks: { database: 'ok', 'event store': 'failed' },
};

export function problemExample(code: ProblemCode): Record<string, unknown> {
  const members = (problemKind(code).carries ?? []).map((name) => [name, MEMBERS[name]]);
  return problemBody(code, '/v1/events', Object.fromEntries(members));
}

/** Documents the refusals of a route: one answer per status, one example per code. */
export const Refuses = (...codes: readonly ProblemCode[]): MethodDecorator =>
  applyDecorators(...refusalAnswers(codes).map((answer) => ApiResponse(answer)));

/** One answer per status, one example per code. */
export function refusalAnswers(codes: readonly ProblemCode[]) {
  const byStatus = new Map<number, ProblemCode[]>();
  // Every append is refused while the log is not the one of the read models.
  const all = codes.includes('outcome-unknown') ? [...codes, 'log-replaced' as const] : codes;
  for (const code of new Set(all)) {
    const { status } = problemKind(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Array.from(byStatus, ([status, ofStatus]) => ({
    status,
    description: ofStatus.map((code) => `\`${code}\``).join(', '),
    content: {
      [PROBLEM_JSON]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          ofStatus.map((code) => [code, { value: problemExample(code) }]),
        ),
      },
    },
  }));
}
