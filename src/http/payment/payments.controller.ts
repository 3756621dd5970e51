import { Controller, Get, HttpCode, Logger, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { AdvancePaymentCommand } from '../../commands/payment/advance-payment.js';
import type { CommandContext } from '../../commands/shared/context.js';
import { RecordPaymentNoticeCommand } from '../../commands/payment/record-payment-notice.js';
import { CLOCK, PAYMENT_GATEWAY, RANDOMNESS } from '../../commands/shared/tokens.js';
import { isSettled } from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import {
  NoticeRefused,
  type NoticeProblem,
  type PaymentGateway,
  type PaymentNotice,
} from '../../ports/payment/payment-gateway.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { PaymentQueries } from '../../read-models/payment/payments-queries.js';
import type {
  UnmatchedNotification,
  UnmatchedNotifications,
} from '../../read-models/payment/unmatched-notifications.js';
import { Access, accountOf, SignedBody } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import {
  ReceivedAnswer,
  ResolvedNotice,
  SettledPayment,
  UnresolvedPayments,
} from './payment-answers.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { PAYMENT_QUERIES, UNMATCHED_NOTICES } from '../platform/tokens.js';

/** An unfinished payment without news for this long needs an operator. Milliseconds. */
export const UNRESOLVED_AFTER_MS = 15 * 60_000;
/** Maximum of payments, and of notices, in one answer. */
const MAX_LISTED = 200;
/** Allowed characters in the name of a provider and in the id of a notice. */
const NOTICE_ID = /^[\x21-\x7e]{1,255}$/;
const OPERATORS = ['operator'] as const;
const READERS = ['operator', 'auditor'] as const;
const SANDBOX_NOTICE = {
  id: 'nt_1',
  type: 'charge.processing',
  createdAt: '2026-01-15T10:03:00.000Z',
  data: {
    idempotencyKey: 'any',
    reference: 'py_1',
    amount: { amountMinor: 9000, currency: 'EUR' },
    about: { eventId: EXAMPLE.eventId, reservationId: EXAMPLE.reservationId, attempt: 1 },
  },
};

/** Webhooks of the payment provider, and payments that need an operator. */
@ApiTags('payments')
@Controller('v1')
export class PaymentsController {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly commands: CommandBus,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(PAYMENT_QUERIES) private readonly payments: PaymentQueries,
    @Inject(UNMATCHED_NOTICES) private readonly unmatched: UnmatchedNotifications,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
  ) {}

  @Post('payments/webhooks/:provider')
  @HttpCode(200)
  @SignedBody()
  @ApiOperation({
    summary: 'Webhook of the payment provider: the outcome of a charge or refund',
    description:
      'Signed over the raw body. Repeated, late and reordered notices are safe. A signed ' +
      'notice that matches no payment is stored for an operator.',
  })
  @ApiParam({ name: 'provider' })
  @ApiBody({
    schema: { type: 'object' },
    description: 'As documented by the provider',
    examples: { sandbox: { value: SANDBOX_NOTICE } },
  })
  @Answers(200, 'Recorded now or before', ReceivedAnswer)
  @AnswersProblems(
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
    'webhook-signature-missing',
    'webhook-signature-invalid',
    'webhook-timestamp-out-of-tolerance',
    'webhook-body-invalid',
    'payment-provider-unknown',
    'payment-outcome-unknown',
    'read-model-unavailable',
    ...PROBLEM_CODES.command,
  )
  async notice(
    @Req() request: FastifyRequest,
    @Param('provider') provider: string,
  ): Promise<ReceivedAnswer> {
    if (provider !== this.gateway.provider) throw new Problem('payment-provider-unknown');
    const notice = this.read(request);
    const outcome = await this.commands.execute(
      new RecordPaymentNoticeCommand(notice, this.contextOf(request, notice)),
    );
    if (!outcome.accepted) await this.keep(notice, outcome.problem);
    return { received: true };
  }

  /**
   * A notice is acknowledged once it is stored: a provider disables an endpoint that keeps refusing
   * its notices.
   */
  private async keep(notice: PaymentNotice, problem: NoticeProblem): Promise<void> {
    const { provider } = this.gateway;
    const { noticeId, type } = notice;
    // The charge is left out: a card's fingerprint must not be stored or logged.
    const kept = { provider, noticeId, problem, type, ...moneyOf(notice) };
    await this.unmatched.keep(kept);
    this.logger.warn(`notice ${noticeId} not matched with a payment: ${JSON.stringify(kept)}`);
  }

  /** Verifies and reads a webhook. @throws Problem for an invalid signature, timestamp or body */
  private read(request: FastifyRequest): PaymentNotice {
    try {
      return this.gateway.readNotice(
        request.rawBody ?? Buffer.alloc(0),
        request.headers,
        this.clock.now(),
      );
    } catch (error) {
      if (!(error instanceof NoticeRefused)) throw error;
      this.logger.warn(`notice from ${request.ip} refused: ${error.code}: ${error.message}`);
      throw new Problem(error.code, {}, { cause: error });
    }
  }

  private contextOf({ id }: FastifyRequest, { noticeId }: PaymentNotice): CommandContext {
    return {
      commandId: this.randomness.uuid(),
      correlationId: id,
      causationId: noticeId,
      actor: { id: this.gateway.provider, role: 'system' },
    };
  }

  @Get('ops/payments/unresolved')
  @Access(READERS)
  @ApiOperation({
    summary: 'List payments that need an operator',
    description:
      '`payments`: unfinished payments without news for fifteen minutes, or with a ' +
      'refund that has failed three times. `notices`: signed webhooks that could not be ' +
      'matched with a payment.',
  })
  @Answers(
    200,
    'At most 200 of each, longest without news first; notices that name no payment last',
    UnresolvedPayments,
  )
  @AnswersProblems(...PROBLEM_CODES.account)
  async unresolved(): Promise<UnresolvedPayments> {
    const since = this.clock.now() - UNRESOLVED_AFTER_MS;
    const [payments, notices] = await Promise.all([
      this.payments.unresolved(since, MAX_LISTED),
      this.unmatched.open(MAX_LISTED),
    ]);
    return { payments, notices };
  }

  @Post('ops/payments/notices/:provider/:noticeId/resolve')
  @HttpCode(200)
  @Access(OPERATORS)
  @ApiOperation({ summary: 'Mark an unmatched notice as resolved, so that it is no longer listed' })
  @ApiParam({ name: 'provider' })
  @ApiParam({ name: 'noticeId' })
  @Answers(200, 'Resolved now or before', ResolvedNotice)
  @AnswersProblems(...PROBLEM_CODES.account, 'payment-notice-unknown')
  async resolve(
    @Req() request: FastifyRequest,
    @Param('provider') provider: string,
    @Param('noticeId') noticeId: string,
  ): Promise<ResolvedNotice> {
    const isKnown =
      NOTICE_ID.test(noticeId) &&
      NOTICE_ID.test(provider) &&
      (await this.unmatched.resolve(provider, noticeId, accountOf(request).id));
    if (!isKnown) throw new Problem('payment-notice-unknown');
    return { provider, noticeId, resolved: true };
  }

  @Post('ops/payments/:reservationId/settle')
  @HttpCode(200)
  @Access(OPERATORS)
  @ApiOperation({ summary: 'Query the provider now and do all remaining steps of a payment' })
  @Answers(200, 'All steps that are possible now are done', SettledPayment)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.command,
    'payment-unknown',
    'payment-outcome-unknown',
  )
  async settle(
    @Req() request: FastifyRequest,
    @Param('reservationId') reservationId: string,
  ): Promise<SettledPayment> {
    if (!isId(reservationId)) throw new Problem('payment-unknown');
    const context = contextOf(request, OPERATORS, this.randomness);
    const payment = await this.commands.execute(
      new AdvancePaymentCommand(reservationId, this.clock.now(), context, true),
    );
    if (!payment) throw new Problem('payment-unknown');
    return { reservationId, settled: isSettled(payment) };
  }
}

/** The parts of a notice that describe its payment. */
function moneyOf(
  notice: PaymentNotice,
): Pick<UnmatchedNotification, 'reference' | 'eventId' | 'reservationId' | 'amount'> {
  switch (notice.kind) {
    case 'charge': {
      const { about, charge } = notice;
      const { reference, amount } =
        charge.status === 'captured' ? charge : { reference: null, amount: null };
      return { reference, amount, eventId: about.eventId, reservationId: about.reservationId };
    }
    case 'refund': {
      const { about, reference, amount } = notice.refund;
      return {
        ...{ reference, amount },
        ...{ eventId: about?.eventId ?? null, reservationId: about?.reservationId ?? null },
      };
    }
    case 'stray': {
      const { reference, amount, eventId, reservationId } = notice.stray;
      return { reference, amount, eventId, reservationId };
    }
    case 'other':
      return { reference: null, amount: null, eventId: null, reservationId: null };
  }
}
