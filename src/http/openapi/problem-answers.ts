import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemKind, type ProblemCode } from '../problems/table/problem-table.js';
import { PROBLEM_JSON, problemBody } from '../problems/problems.js';

/** Codes of a route that needs a token. */
const OF_ACCOUNT = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'role-required',
  'rate-limited',
] as const;
/** Codes of a route that reads a body. */
const OF_BODY = [
  'validation-failed',
  'body-malformed',
  'body-too-large',
  'media-type-unsupported',
] as const;
/** Codes of a route that appends to the event store. */
const OF_COMMAND = [
  'mailbox-full',
  'too-many-conflicts',
  'event-store-unavailable',
  'outcome-unknown',
] as const;
/** Codes of a route that needs a pass while the event's waiting room is on. */
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
/** Codes that many routes have in common. */
export const PROBLEM_CODES = {
  account: OF_ACCOUNT,
  body: OF_BODY,
  command: OF_COMMAND,
  pass: OF_PASS,
};

/** Examples of the further members of a problem. */
const MEMBERS: Record<string, unknown> = {
  errors: [{ path: '/name', message: 'must be a single-line string of 1 to 200 characters' }],
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
      algorithm: 'PBKDF2/SHA-256',
      cost: 1000,
      keyLength: 32,
      keyPrefix: '00',
      expiresAt: 1781204700,
      nonce: '9f0c…',
      salt: '41ab…',
      data: { account: 'web-1' },
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

function problemExample(code: ProblemCode, isPaying: boolean): Record<string, unknown> {
  const members = (problemKind(code).carries ?? []).map((name) => [name, MEMBERS[name]]);
  return problemBody(code, '/v1/events', Object.fromEntries(members), isPaying);
}

/** A problem with the status and texts that it has when it rejects a payment. */
interface PayingProblem {
  readonly whenPaying: ProblemCode;
}
type Documented = ProblemCode | PayingProblem;

/** Documents the problems that a route may answer. */
export const AnswersProblems = (...codes: readonly Documented[]): MethodDecorator =>
  applyDecorators(...problemAnswers(codes).map((answer) => ApiResponse(answer)));

/** Returns one answer per status, with an example per code. */
export function problemAnswers(codes: readonly Documented[]) {
  const byStatus = new Map<number, Map<ProblemCode, { value: Record<string, unknown> }>>();
  // No append is accepted while the log is not the one that the read models were built from.
  const all = codes.includes('outcome-unknown') ? [...codes, 'log-replaced' as const] : codes;
  for (const documented of all) {
    const isPaying = typeof documented === 'object';
    const code = isPaying ? documented.whenPaying : documented;
    const value = problemExample(code, isPaying);
    const status = value.status as number;
    byStatus.set(status, (byStatus.get(status) ?? new Map()).set(code, { value }));
  }
  return Array.from(byStatus, ([status, examples]) => ({
    status,
    description: [...examples.keys()].map((code) => `\`${code}\``).join(', '),
    content: {
      [PROBLEM_JSON]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  }));
}
