import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { PROOF_HEADER } from '../abuse/protection.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { PendingPayment } from '../payment/payment-answers.js';
import { ConfirmedAnswer, ReservationAnswer, ReservationFields } from './reservation-answers.js';
import { confirmSchema, reserveSchema } from './reservation-schemas.js';

const ProofHeader = () =>
  ApiHeader({ name: PROOF_HEADER, required: false, description: 'The solution of a `challenge`' });

export const ReserveDocs = () =>
  applyDecorators(
    ApiOperation({ summary: 'Hold named seats, or the best available ones' }),
    ApiHeader({
      name: 'Boxoffice-Pass',
      description: 'Pass of the waiting room, required while it is on',
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: '1 to 255 visible ASCII characters',
    }),
    ProofHeader(),
    ApiParam({ name: 'eventId' }),
    ApiBody({
      schema: reserveSchema.body as object,
      examples: {
        named: { value: { seatIds: EXAMPLE.seatIds } },
        bestAvailable: { value: { bestAvailable: { quantity: 2, category: 'Stalls' } } },
      },
    }),
    Answers(
      201,
      'Held; for a repeated key, the current state of its reservation',
      ReservationFields,
      {
        headers: {
          Location: 'Path of the reservation',
          'Idempotency-Replayed': '`true` when the key was used before',
        },
      },
    ),
    AnswersProblems(
      ...PROBLEM_CODES.account,
      ...PROBLEM_CODES.body,
      ...PROBLEM_CODES.command,
      'idempotency-key-missing',
      'idempotency-key-invalid',
      'idempotency-key-reused',
      'no-seats-requested',
      'seats-repeated',
      'seats-unknown',
      'category-unknown',
      'too-many-seats',
      'event-not-found',
      'event-cancelled',
      'event-over',
      'sales-closed',
      'sales-not-open',
      'seats-unavailable',
      'single-seat-left',
      ...PROBLEM_CODES.pass,
      'contact-required',
      'proof-of-work-required',
      'proof-of-work-invalid',
      'proof-of-work-expired',
      'proof-of-work-used',
      'too-many-holds-of-account',
      'too-many-holds-of-address',
    ),
  );

export const ConfirmDocs = () =>
  applyDecorators(
    ApiOperation({ summary: 'Pay for a held reservation' }),
    ApiParam({ name: 'reservationId' }),
    ApiParam({ name: 'eventId' }),
    ProofHeader(),
    ApiBody({
      schema: confirmSchema.body as object,
      examples: {
        card: { value: { payment: { token: 'tok_success' }, email: 'alice@example.org' } },
        free: { value: {} },
      },
    }),
    Answers(200, 'Sold; a repeated request gets the same answer', ConfirmedAnswer),
    Answers(
      202,
      'The payment provider has not answered yet: query the reservation',
      PendingPayment,
      {
        headers: {
          Location: 'Path of the reservation',
          'Retry-After': 'Seconds to wait before the query',
        },
      },
    ),
    AnswersProblems(
      ...PROBLEM_CODES.account,
      ...PROBLEM_CODES.body,
      ...PROBLEM_CODES.command,
      'event-not-found',
      'reservation-not-found',
      'reservation-expired',
      'reservation-released',
      'reservation-refunded',
      'event-cancelled',
      'event-over',
      'payment-declined',
      'amount-not-chargeable',
      'payment-token-unknown',
      'payment-under-way',
      'payment-attempts-exhausted',
      'payment-amount-mismatch',
      'payment-refunded',
      'read-model-behind',
      { whenPaying: 'payment-attempts-exhausted' },
      { whenPaying: 'proof-of-work-required' },
      'proof-of-work-invalid',
      'proof-of-work-expired',
      'proof-of-work-used',
    ),
  );

export const ReservationDocs = () =>
  applyDecorators(
    ApiOperation({ summary: 'Get one of your own reservations' }),
    ApiQuery({
      name: 'atLeast',
      required: false,
      schema: { type: 'integer' },
      description: 'A revision to wait for',
    }),
    Answers(
      200,
      'The reservation; with tickets once it is confirmed, with the last payment before',
      ReservationAnswer,
    ),
    AnswersProblems(
      ...PROBLEM_CODES.account,
      'validation-failed',
      'reservation-not-found',
      'event-not-found',
      'read-model-behind',
    ),
  );

export const ReleaseDocs = () =>
  applyDecorators(
    ApiOperation({ summary: 'Release held seats; repeating it is harmless' }),
    Answers(204, 'The seats are available again'),
    AnswersProblems(
      ...PROBLEM_CODES.account,
      ...PROBLEM_CODES.command,
      'event-not-found',
      'reservation-not-found',
      'reservation-confirmed',
      'reservation-refunded',
    ),
  );
