import type { OweDifference, RequestPayment } from '../../../src/domain/payment/commands.js';
import { decidePayment } from '../../../src/domain/payment/decide.js';
import {
  chargeKeyOf,
  exchangeRefundIdOf,
  type PaymentEvent,
} from '../../../src/domain/payment/events.js';
import { evolvePayment, type Payment } from '../../../src/domain/payment/state.js';
import { NOON } from '../../support/seat-inventory/rules.js';

const of = { reservationId: 'r1', eventId: 'opening-night' };
const at = new Date(NOON).toISOString();
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

const requested = (attempt: number, cents: number, forSeats?: readonly string[]): PaymentEvent => ({
  type: 'PaymentRequested',
  data: {
    ...{
      ...of,
      customerId: 'ann',
      attempt,
      provider: 'sandbox',
      idempotencyKey: chargeKeyOf('r1', attempt),
      token: 'tok',
    },
    amount: euros(cents),
    purpose: forSeats ? { type: 'exchange', seatIds: forSeats } : { type: 'reservation' },
    ...{ holdExpiresAt: at, requestedAt: at },
  },
});
/** Asked for, taken and kept. */
const paid = (attempt: number, cents: number, forSeats?: readonly string[]): PaymentEvent[] => {
  const [reference, amount] = [`pay-${attempt}`, euros(cents)];
  return [
    requested(attempt, cents, forSeats),
    {
      type: 'PaymentCaptured',
      data: {
        ...of,
        attempt,
        reference,
        amount,
        heardBy: 'answer',
        noticeId: null,
        capturedAt: at,
      },
    },
    { type: 'PaymentKept', data: { ...of, reference, amount, keptAt: at } },
  ];
};
const due = (reference: string, cents: number, exchange = 1): PaymentEvent => ({
  type: 'RefundDue',
  data: {
    ...{
      ...of,
      refundId: exchangeRefundIdOf('r1', reference, exchange),
      reference,
      amount: euros(cents),
    },
    ...{ reason: 'exchange', dueAt: at },
  },
});
const owe = (amountMinor: number, exchange = 1): OweDifference => ({
  type: 'OweDifference',
  amountMinor,
  exchange,
  now: NOON,
});
const after = (events: readonly PaymentEvent[]) => events.reduce<Payment>(evolvePayment, undefined);
const decided = (events: readonly PaymentEvent[], command: OweDifference | RequestPayment) =>
  decidePayment(command, after(events));
const accepted = (...events: PaymentEvent[]) => ({ accepted: true, events });

describe('OweDifference', () => {
  it('is owed from the payment for the seats', () =>
    expect(decided(paid(1, 10_000), owe(4_000))).toEqual(accepted(due('pay-1', 4_000))));
  it('uses up the newest payment first', () =>
    expect(decided([...paid(1, 10_000), ...paid(2, 3_000, ['C1'])], owe(4_000))).toEqual(
      accepted(due('pay-2', 3_000), due('pay-1', 1_000)),
    ));
  it('takes at most the remainder of a payment', () =>
    expect(decided([...paid(1, 10_000), due('pay-1', 9_000)], owe(1_000, 2))).toEqual(
      accepted(due('pay-1', 1_000, 2)),
    ));
  it('is owed once per exchange, even after another payment', () =>
    expect(
      decided([...paid(1, 10_000), due('pay-1', 4_000), ...paid(2, 3_000, ['C1'])], owe(4_000)),
    ).toEqual(accepted()));
  it('is rejected as a whole before the payment is recorded as kept', () =>
    expect(decided([...paid(1, 10_000).slice(0, 2)], owe(4_000))).toEqual({
      accepted: false,
      rejection: { code: 'refund-exceeds-payment' },
    }));
  it('is rejected without a payment', () =>
    expect(decided([], owe(4_000))).toEqual({
      accepted: false,
      rejection: { code: 'payment-unknown' },
    }));
});

describe('RequestPayment of an exchange', () => {
  const selection = ['A1', 'C1'];
  const request = (seatIds: readonly string[], token = 'tok'): RequestPayment => ({
    type: 'RequestPayment',
    ...{ ...of, customerId: 'ann', provider: 'sandbox', token, amount: euros(3_000) },
    ...{ purpose: { type: 'exchange', seatIds }, holdExpiresAt: at },
    now: NOON,
  });
  it('is a new attempt after the seats were paid for', () =>
    expect(decided(paid(1, 10_000), request(selection))).toEqual(
      accepted(requested(2, 3_000, selection)),
    ));
  it('for the same seats and token as the attempt in progress changes nothing', () =>
    expect(
      decided([...paid(1, 10_000), requested(2, 3_000, selection)], request(['C1', 'A1'])),
    ).toEqual(accepted()));
  it.each([
    ['other seats', request(['B1'])],
    ['the same seats with another token', request(selection, 'tok-2')],
  ])('for %s is rejected while another is in progress', (_, command) =>
    expect(decided([...paid(1, 10_000), requested(2, 3_000, selection)], command)).toEqual({
      accepted: false,
      rejection: { code: 'payment-under-way' },
    }),
  );
});
