import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PaymentRejection } from '../domain/payment/decide.js';
import { refundKeyOf } from '../domain/payment/events.js';
import type { StartedPayment } from '../domain/payment/state.js';
import type { ChargeSubject, PaymentGateway, PaymentNotice, RefundNews } from '../ports/payment-gateway.js';
import type { CommandContext } from './context.js';
import type { Payments } from './payments.js';
import type { Settlement } from './settlement.js';
import { PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT } from './tokens.js';

export type NoticeOutcome =
  { readonly accepted: true } | { readonly accepted: false; readonly rejection: PaymentRejection };

/** The provider tells on its own account, its signature checked. */
export class RecordPaymentNoticeCommand extends Command<NoticeOutcome> {
  constructor(
    readonly notice: PaymentNotice,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Twice, late, out of order, or before the answer to the call: the payment's stream is the inbox. What a notice leads to is
 * appended there in one go, under its id and at the revision it was decided upon, so it is taken in once or not at all.
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
    const payment = await this.ours(about);
    if (!payment) return UNKNOWN;
    const heard = { by: 'notice', noticeId } as const;
    const settled = await this.settlement.heard(payment, about.attempt, charge, heard, context);
    return settled.accepted ? { accepted: true } : settled;
  }

  /** A refund of a release that did not name its subject is found through the capture that it pays back. */
  private async refund(news: RefundNews, context: CommandContext): Promise<NoticeOutcome> {
    const about = news.about ?? (await this.gateway.subjectOf(news.reference));
    const payment = about && (await this.ours(about));
    const asked = payment && refundNamed(payment, news);
    if (!asked) return UNKNOWN;
    const { refundId, amount: expected } = asked.refund;
    const { amount: told, state: outcome } = news;
    if (told.amountMinor !== expected.amountMinor || told.currency !== expected.currency)
      return { accepted: false, rejection: { code: 'payment-amount-mismatch', expected, told } };
    const settled = await this.settlement.refundHeard(
      payment,
      { refundId, try: asked.number, outcome },
      context,
    );
    return settled.accepted ? { accepted: true } : settled;
  }

  private async ours({ eventId, reservationId }: Subject): Promise<StartedPayment | undefined> {
    const payment = await this.payments.load(reservationId);
    return payment?.eventId === eventId ? payment : undefined;
  }
}

type Subject = Pick<ChargeSubject, 'eventId' | 'reservationId'>;

const UNKNOWN: NoticeOutcome = { accepted: false, rejection: { code: 'payment-unknown' } };

/** The obligation and the number of its try that the provider was sent this key for. */
function refundNamed({ refunds }: StartedPayment, { idempotencyKey, reference }: RefundNews) {
  for (const refund of refunds.filter((one) => one.reference === reference))
    for (let number = 1; number <= refund.try; number++)
      if (refundKeyOf(refund.refundId, number) === idempotencyKey) return { refund, number };
  return undefined;
}
