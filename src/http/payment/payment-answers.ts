import type { CancellationView } from '../../read-models/event/cancellations-queries.js';
import type { PaymentStatus } from '../../read-models/payment/payments-queries.js';
import type { NoticeProblem } from '../../ports/payment/payment-gateway.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, FreeField, ListField, ObjectField } from '../openapi/fields.js';

export class MoneyAnswer {
  @Field(9000) readonly amountMinor!: number;
  @Field('EUR') readonly currency!: string;
}

export class ReceivedAnswer {
  @Field(true) readonly received!: true;
}

class UnresolvedPayment {
  @Field(EXAMPLE.eventId, { nullable: true }) readonly eventId!: string;
  @Field(EXAMPLE.reservationId, { nullable: true }) readonly reservationId!: string;
  @Field('alice') readonly customerId!: string;
  @Field('stripe') readonly provider!: string;
  @Field('refund-due') readonly status!: PaymentStatus;
  /** A string; the documented type has been object since 0.1.0. */
  @FreeField({}, { nullable: true, description: 'Why the last attempt failed' })
  readonly failure!: string | null;
  @Field(1, { description: 'Number of attempts' }) readonly attempt!: number;
  @Field('EUR') readonly currency!: string;
  @Field(9000) readonly amountMinor!: number;
  @Field(0) readonly keptMinor!: number;
  @Field(9000) readonly dueMinor!: number;
  @Field(0) readonly refundedMinor!: number;
  @Field('2026-01-15T10:03:00.000Z') readonly requestedAt!: string;
  @Field('2026-01-15T10:13:02.000Z') readonly changedAt!: string;
}

class UnmatchedNoticeAnswer {
  @Field('stripe') readonly provider!: string;
  @Field('evt_1') readonly noticeId!: string;
  @Field('payment-unknown') readonly problem!: NoticeProblem;
  @Field('payment_intent.succeeded') readonly type!: string;
  @Field('pi_1', { nullable: true }) readonly reference!: string | null;
  @Field(EXAMPLE.eventId, { nullable: true }) readonly eventId!: string | null;
  @Field(EXAMPLE.reservationId, { nullable: true }) readonly reservationId!: string | null;
  @ObjectField(() => MoneyAnswer, { nullable: true }) readonly amount!: MoneyAnswer | null;
  @Field('2026-01-15T10:13:02.000Z') readonly receivedAt!: string;
}

export class UnresolvedPayments {
  @ListField(() => UnresolvedPayment) readonly payments!: readonly UnresolvedPayment[];
  @ListField(() => UnmatchedNoticeAnswer) readonly notices!: readonly UnmatchedNoticeAnswer[];
}

export class ResolvedNotice {
  @Field('stripe') readonly provider!: string;
  @Field('evt_1') readonly noticeId!: string;
  @Field(true) readonly resolved!: true;
}

export class SettledPayment {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field(true, { description: 'Nothing is left to do for the payment' })
  readonly settled!: boolean;
}

class LedgerTotalsAnswer {
  @Field('EUR') readonly currency!: string;
  @Field(9000) readonly capturedMinor!: number;
  @Field(9000) readonly keptMinor!: number;
  @Field(0) readonly refundedMinor!: number;
  @Field(0) readonly obligationsMinor!: number;
  @Field(0) readonly unsettledMinor!: number;
  @Field(true) readonly balanced!: boolean;
}

export class LedgerAnswer {
  @Field(true, { description: 'Whether every total is balanced' }) readonly balanced!: boolean;
  @ListField(() => LedgerTotalsAnswer) readonly totals!: readonly LedgerTotalsAnswer[];
}

export class EventLedgerAnswer extends LedgerAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
}

class RefundAnswer {
  @Field('done') readonly status!: 'done' | 'due';
  @Field(9000) readonly amountMinor!: number;
  @Field('EUR') readonly currency!: string;
}

export class RefundedSale {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('refunded') readonly status!: string;
  @ObjectField(() => RefundAnswer) readonly refund!: RefundAnswer;
  @Field(15) readonly revision!: number;
}

export class PendingPayment {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('payment-pending') readonly status!: 'payment-pending';
}

export class ExchangedSale {
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('confirmed') readonly status!: string;
  @Field(['A-1-3', 'A-1-4']) readonly seatIds!: readonly string[];
  @ObjectField(() => MoneyAnswer) readonly total!: MoneyAnswer;
  @Field(15) readonly revision!: number;
  @ObjectField(() => RefundAnswer, { optional: true }) readonly refund?: RefundAnswer;
}

export class CanceledEvent {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('cancelled') readonly status!: 'cancelled';
}

export class CancellationAnswer implements CancellationView {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('done') readonly status!: CancellationView['status'];
  @Field('the singer is ill') readonly reason!: string;
  @Field(120, { description: 'Reservations that were sold' }) readonly reservations!: number;
  @Field(120, { description: 'Reservations that are refunded' }) readonly refunded!: number;
  @Field(0, { description: 'Reservations that are not refunded yet' }) readonly due!: number;
  @Field('2026-06-10T08:00:00.000Z') readonly startedAt!: string;
  @Field('2026-06-10T08:00:09.000Z', { optional: true }) readonly finishedAt?: string;
}
