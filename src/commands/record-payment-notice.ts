import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PaymentRejection } from '../domain/payment/decide.js';
import type { PaymentNotice } from '../ports/payment-gateway.js';
import type { CommandContext } from './context.js';
import type { Payments } from './payments.js';
import type { Settlement } from './settlement.js';
import { PAYMENTS, SETTLEMENT } from './tokens.js';

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
  ) {}

  async execute({ notice, context }: RecordPaymentNoticeCommand): Promise<NoticeOutcome> {
    const { about, charge, noticeId } = notice;
    if (!about) return { accepted: true };
    const payment = await this.payments.load(about.reservationId);
    if (!payment || payment.eventId !== about.eventId) {
      return { accepted: false, rejection: { code: 'payment-unknown' } };
    }
    const settled = await this.settlement.heard(
      payment,
      about.attempt,
      charge,
      { by: 'notice', noticeId },
      context,
    );
    return settled.accepted ? { accepted: true } : settled;
  }
}
