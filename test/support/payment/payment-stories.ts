import fc from 'fast-check';
import type { PaymentCommand } from '../../../src/domain/payment/commands.js';
import { decidePayment } from '../../../src/domain/payment/decide.js';
import type { PaymentEvent, RefundReason } from '../../../src/domain/payment/events.js';
import {
  evolvePayment,
  openRefunds,
  pendingAttempt,
  unsettledCaptures,
  type Payment,
} from '../../../src/domain/payment/state.js';
import { NOON } from '../seat-inventory/rules.js';

/** Event, reservation and currency of a payment. */
export interface Payer {
  readonly eventId: string;
  readonly reservationId: string;
  readonly currency: string;
}

/** A step of a story. Its meaning depends on the state of the payment; often it does nothing. */
type Act =
  | { readonly act: 'pay'; readonly amountMinor: number }
  | { readonly act: 'capture' | 'fail' | 'keep'; readonly which: number }
  | {
      readonly act: 'pay-back';
      readonly which: number;
      readonly status?: 'succeeded' | 'pending' | 'failed';
    }
  | { readonly act: 'turn-down'; readonly which: number; readonly reason: RefundReason }
  | {
      readonly act: 'undo';
      readonly which: number;
      readonly share: number;
      readonly reason: RefundReason;
    };
export type Story = readonly { readonly step: Act; readonly twice: boolean }[];

const which = fc.nat({ max: 5 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('pay'), amountMinor: fc.nat({ max: 50_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('capture'), which }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('fail'), which }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('keep'), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('pay-back'),
      which,
      status: fc.constantFrom('succeeded', 'succeeded', 'pending', 'failed'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('turn-down'),
      which,
      reason: fc.constantFrom(
        'seats-lost',
        'released',
        'paid-twice',
        'exchange-refused',
        'sale-cancelled',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('undo'),
      which,
      share: fc.constantFrom(1, 1, 0.5, 0.1),
      reason: fc.constantFrom('refunded-by-organizer', 'event-cancelled', 'exchange'),
    }),
  },
);
/** Random steps of a buyer, the service and the provider; some commands come twice. */
export const story: fc.Arbitrary<Story> = fc.array(fc.record({ step: act, twice: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
  size: 'max',
});

/** Lets the domain decide, step by step, as the settlement of payments would ask it to. */
export function tell(payer: Payer, acts: Story): { events: PaymentEvent[]; payment: Payment } {
  let payment: Payment;
  const events: PaymentEvent[] = [];
  for (const [at, { step, twice }] of acts.entries()) {
    const command = commandOf(payer, payment, step, NOON + at * 1_000);
    for (const again of command ? [command, ...(twice ? [command] : [])] : []) {
      const decision = decidePayment(again, payment);
      if (!decision.accepted)
        throw new Error(`${again.type} was refused: ${decision.rejection.code}`);
      for (const event of decision.events) payment = evolvePayment(payment, event);
      events.push(...decision.events);
    }
  }
  return { events, payment };
}

type CommandOf = {
  [A in Act['act']]: (
    of: Extract<Act, { act: A }>,
    payer: Payer,
    payment: Payment,
    now: number,
  ) => PaymentCommand | undefined;
};

/** The command that a step gives at this state of the payment; undefined when it gives none. */
const commandOf = (payer: Payer, payment: Payment, step: Act, now: number) =>
  COMMANDS[step.act](step as never, payer, payment, now);

const pick = <T>(from: readonly T[] = [], which: number): T | undefined =>
  from[which % Math.max(1, from.length)];

const COMMANDS: CommandOf = {
  pay: ({ amountMinor }, payer, payment, now) =>
    pendingAttempt(payment) || (payment?.attempts.length ?? 0) >= 15
      ? undefined
      : tryToPay(payer, amountMinor, now),
  capture: ({ which }, payer, payment, now) => {
    const attempt = pick(
      payment?.attempts.filter(({ status }) => status !== 'captured'),
      which,
    );
    if (!attempt) return undefined;
    const { number, amount } = attempt;
    const reference = `py_${payer.reservationId}_${number}`;
    return {
      ...{ type: 'RecordCapture', attempt: number, reference, amount },
      ...{ heardBy: 'notice', noticeId: `notice-${number}`, now },
    };
  },
  fail: (_, _payer, payment, now) => {
    const attempt = pendingAttempt(payment);
    return attempt && { type: 'RecordFailure', attempt: attempt.number, reason: 'abandoned', now };
  },
  keep: ({ which }, _, payment, now) => {
    const capture = pick(unsettledCaptures(payment), which);
    return capture && { type: 'KeepPayment', reference: capture.reference, now };
  },
  'turn-down': ({ which, reason }, _, payment, now) => {
    const capture = pick(unsettledCaptures(payment), which);
    if (!capture) return undefined;
    const { reference } = capture;
    return { type: 'OweRefund', refundId: `back-${reference}`, reference, reason, now };
  },
  undo: ({ which, reason, share }, _, payment, now) => {
    const capture = pick(
      payment?.captures.filter(({ kept }) => kept),
      which,
    );
    if (!capture) return undefined;
    const { reference, amount, dueBack } = capture;
    const refundId = `undo-${reference}-${now}`;
    const amountMinor = Math.floor((amount.amountMinor - dueBack) * share);
    return { type: 'OweRefund', refundId, reference, reason, now, amountMinor };
  },
  'pay-back': ({ which, status = 'succeeded' }, _, payment, now) => {
    // A refund that has succeeded may fail later.
    const refund = pick(status === 'failed' ? payment?.refunds : openRefunds(payment), which);
    if (!refund) return undefined;
    const { refundId, try: number } = refund;
    const refundReference = `re_${refundId}_${number}`;
    const outcome =
      status === 'failed'
        ? { status, refundReference, reason: 'closed' }
        : { status, refundReference };
    return { type: 'RecordRefund', refundId, try: number, outcome, now };
  },
};

const tryToPay = (
  { eventId, reservationId, currency }: Payer,
  amountMinor: number,
  now: number,
): PaymentCommand => ({
  type: 'RequestPayment',
  ...{ eventId, reservationId, customerId: 'ann', provider: 'sandbox', token: 'tok_success' },
  amount: { amountMinor, currency },
  purpose: { type: 'exchange', seatIds: ['A1'] },
  holdExpiresAt: new Date(now + 600_000).toISOString(),
  now,
});

/** Where the money of a payment is, as its own fold says. Minor units. */
export function moneyOf(payment: Payment) {
  const sum = (amounts: readonly number[] = []) =>
    amounts.reduce((total, amount) => total + amount, 0);
  const { captures = [], refunds = [] } = payment ?? {};
  return {
    capturedMinor: sum(captures.map(({ amount }) => amount.amountMinor)),
    keptMinor: sum(
      captures.map(({ kept, amount, dueBack }) => (kept ? amount.amountMinor - dueBack : 0)),
    ),
    refundedMinor: sum(
      refunds.map(({ amount, status }) => (status === 'completed' ? amount.amountMinor : 0)),
    ),
    obligationsMinor: sum(openRefunds(payment).map(({ amount }) => amount.amountMinor)),
    unsettledMinor: sum(unsettledCaptures(payment).map(({ amount }) => amount.amountMinor)),
  };
}
