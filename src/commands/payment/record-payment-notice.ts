import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refundKeyOf } from '../../domain/payment/events.js';
import type { StartedPayment } from '../../domain/payment/state.js';
import type {
  ChargeSubject,
  NoticeProblem,
  PaymentGateway,
  PaymentNotice,
  RefundReport,
} from '../../ports/payment/payment-gateway.js';
import type { CommandContext } from '../shared/context.js';
import type { Payments } from './payments.js';
import type { Settled, Settlement } from './settlement.js';
import { Inject } from '../shared/inject.js';
import { PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT } from '../shared/tokens.js';

/** Not accepted: nothing was changed, and an operator has to look at the notice. */
export type NoticeOutcome =
  { readonly accepted: true } | { readonly accepted: false; readonly problem: NoticeProblem };

/** Records a webhook of the payment provider, whose signature was checked. */
export class RecordPaymentNoticeCommand extends Command<NoticeOutcome> {
  constructor(
    readonly notice: PaymentNotice,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * A notice may be repeated, late, out of order, or earlier than the answer to the call. Its domain
 * events are appended to the payment's stream in one append, at the revision that they were decided
 * at, so it takes effect once or not at all.
 */
@CommandHandler(RecordPaymentNoticeCommand)
export class RecordPaymentNoticeHandler implements ICommandHandler<RecordPaymentNoticeCommand> {
  constructor(
    @Inject(PAYMENTS) private readonly payments: Payments,
    @Inject(SETTLEMENT) private readonly settlement: Settlement,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: Pick<PaymentGateway, 'subjectOf'>,
  ) {}

  async execute({ notice, context }: RecordPaymentNoticeCommand): Promise<NoticeOutcome> {
    switch (notice.kind) {
      case 'other':
        return { accepted: true };
      case 'stray':
        return { accepted: false, problem: notice.stray.problem };
      case 'charge':
        return this.charge(notice, context);
      case 'refund':
        return this.refund(notice.refund, context);
    }
  }

  private async charge(
    { about, charge, noticeId }: Extract<PaymentNotice, { kind: 'charge' }>,
    context: CommandContext,
  ): Promise<NoticeOutcome> {
    const payment = await this.paymentOf(about);
    if (!payment) return UNKNOWN;
    const notification = { by: 'notice', noticeId } as const;
    const settled = await this.settlement.recordCharge(
      payment,
      about.attempt,
      charge,
      notification,
      context,
    );
    return outcomeOf(settled);
  }

  /**
   * Older releases stored no subject with a refund. The payment is then found through the refunded
   * capture.
   */
  private async refund(report: RefundReport, context: CommandContext): Promise<NoticeOutcome> {
    const about = report.about ?? (await this.gateway.subjectOf(report.reference));
    const payment = about && (await this.paymentOf(about));
    if (!payment) return about ? UNKNOWN : { accepted: false, problem: 'names-no-payment' };
    const asked = findRefund(payment, report);
    if (!asked) return { accepted: false, problem: 'refund-unknown' };
    const { refundId, amount: expected } = asked.refund;
    const { amount, state: outcome } = report;
    if (amount.amountMinor !== expected.amountMinor || amount.currency !== expected.currency)
      return { accepted: false, problem: 'payment-amount-mismatch' };
    const settled = await this.settlement.recordRefund(
      payment,
      { refundId, try: asked.number, outcome },
      context,
    );
    return outcomeOf(settled);
  }

  private async paymentOf({
    eventId,
    reservationId,
  }: Subject): Promise<StartedPayment | undefined> {
    const payment = await this.payments.load(reservationId);
    return payment?.eventId === eventId ? payment : undefined;
  }
}

type Subject = Pick<ChargeSubject, 'eventId' | 'reservationId'>;

const UNKNOWN: NoticeOutcome = { accepted: false, problem: 'payment-unknown' };

function outcomeOf(settled: Settled): NoticeOutcome {
  if (settled.accepted) return { accepted: true };
  const { code } = settled.rejection;
  switch (code) {
    case 'payment-unknown':
    case 'payment-amount-mismatch':
    case 'payment-owed-back':
      return { accepted: false, problem: code };
    default:
      throw new Error(`A notice was rejected with ${code}, which only a request can cause.`);
  }
}

/** Returns the obligation and the number of the attempt that the key belongs to. */
function findRefund({ refunds }: StartedPayment, { idempotencyKey, reference }: RefundReport) {
  for (const refund of refunds.filter((one) => one.reference === reference))
    for (let number = 1; number <= refund.try; number++)
      if (refundKeyOf(refund.refundId, number) === idempotencyKey) return { refund, number };
  return undefined;
}
