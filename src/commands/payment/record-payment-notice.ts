import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refundKeyOf } from '../../domain/payment/events.js';
import type { StartedPayment } from '../../domain/payment/state.js';
import type {
  ChargeSubject,
  NoticeProblem,
  PaymentGateway,
  PaymentNotice,
  RefundNews,
} from '../../ports/payment/payment-gateway.js';
import type { CommandContext } from '../shared/context.js';
import type { Payments } from './payments.js';
import type { Settled, Settlement } from './settlement.js';
import { Inject } from '../shared/inject.js';
import { PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT } from '../shared/tokens.js';

/** Not accepted: nothing was changed, and an operator has to look at the notice. */
export type NoticeOutcome =
  { readonly accepted: true } | { readonly accepted: false; readonly problem: NoticeProblem };

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
    const payment = await this.ours(about);
    if (!payment) return UNKNOWN;
    const heard = { by: 'notice', noticeId } as const;
    const settled = await this.settlement.heard(payment, about.attempt, charge, heard, context);
    return outcomeOf(settled);
  }

  /** Older releases did not name the subject of a refund: it is found through the capture that is refunded. */
  private async refund(news: RefundNews, context: CommandContext): Promise<NoticeOutcome> {
    const about = news.about ?? (await this.gateway.subjectOf(news.reference));
    const payment = about && (await this.ours(about));
    if (!payment) return about ? UNKNOWN : { accepted: false, problem: 'names-no-payment' };
    const asked = refundNamed(payment, news);
    if (!asked) return { accepted: false, problem: 'refund-unknown' };
    const { refundId, amount: expected } = asked.refund;
    const { amount: told, state: outcome } = news;
    if (told.amountMinor !== expected.amountMinor || told.currency !== expected.currency)
      return { accepted: false, problem: 'payment-amount-mismatch' };
    const settled = await this.settlement.refundHeard(
      payment,
      { refundId, try: asked.number, outcome },
      context,
    );
    return outcomeOf(settled);
  }

  private async ours({ eventId, reservationId }: Subject): Promise<StartedPayment | undefined> {
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
      throw new Error(`A notice was answered with ${code}, which only a request can be.`);
  }
}

/** The obligation, and the number of the attempt, that this key belongs to. */
function refundNamed({ refunds }: StartedPayment, { idempotencyKey, reference }: RefundNews) {
  for (const refund of refunds.filter((one) => one.reference === reference))
    for (let number = 1; number <= refund.try; number++)
      if (refundKeyOf(refund.refundId, number) === idempotencyKey) return { refund, number };
  return undefined;
}
