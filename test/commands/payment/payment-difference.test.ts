import {
  decidePayment,
  type OweDifference,
  type RequestPayment,
} from '../../../src/domain/payment/decide.js';
import type { PaymentEvent } from '../../../src/domain/payment/events.js';
import { evolvePayment, type Payment } from '../../../src/domain/payment/state.js';
import { NOON } from '../../support/phrases.js';

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
      idempotencyKey: `key-${attempt}`,
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
    ...{ ...of, refundId: `${reference} exchange ${exchange}`, reference, amount: euros(cents) },
    ...{ reason: 'exchange', dueAt: at },
  },
});
const owe = (amountMinor: number, exchange = 1): OweDifference => ({
  type: 'OweDifference',
  amountMinor,
  refundIdOf: (reference) => `${reference} exchange ${exchange}`,
  now: NOON,
});
const after = (events: readonly PaymentEvent[]) => events.reduce<Payment>(evolvePayment, undefined);
const decided = (events: readonly PaymentEvent[], command: OweDifference | RequestPayment) =>
  decidePayment(command, after(events));
const accepted = (...events: PaymentEvent[]) => ({ accepted: true, events });

describe('OweDifference', () => {
  it('is owed of the payment for the seats', () =>
    expect(decided(paid(1, 10_000), owe(4_000))).toEqual(accepted(due('pay-1', 4_000))));
  it('takes from the newest payment first, as far as it goes', () =>
    expect(decided([...paid(1, 10_000), ...paid(2, 3_000, ['C1'])], owe(4_000))).toEqual(
      accepted(due('pay-2', 3_000), due('pay-1', 1_000)),
    ));
  it('takes only what is left of a payment', () =>
    expect(decided([...paid(1, 10_000), due('pay-1', 9_000)], owe(1_000, 2))).toEqual(
      accepted(due('pay-1', 1_000, 2)),
    ));
  it('is owed once for one exchange, even when another payment has come in between', () =>
    expect(
      decided([...paid(1, 10_000), due('pay-1', 4_000), ...paid(2, 3_000, ['C1'])], owe(4_000)),
    ).toEqual(accepted()));
  it('waits, as a whole, while what was paid has not been written down as kept', () =>
    expect(decided([...paid(1, 10_000).slice(0, 2)], owe(4_000))).toEqual({
      accepted: false,
      rejection: { code: 'refund-exceeds-payment' },
    }));
  it('is nothing that was never paid for', () =>
    expect(decided([], owe(4_000))).toEqual({
      accepted: false,
      rejection: { code: 'payment-unknown' },
    }));
});

describe('RequestPayment of an exchange', () => {
  const wanted = ['A1', 'C1'];
  const request = (seatIds: readonly string[], token = 'tok'): RequestPayment => ({
    type: 'RequestPayment',
    ...{ ...of, customerId: 'ann', provider: 'sandbox', token, amount: euros(3_000) },
    ...{ purpose: { type: 'exchange', seatIds }, holdExpiresAt: at },
    keyOf: (attempt) => `key-${attempt}`,
    now: NOON,
  });
  it('is a try of its own after the seats have been paid for', () =>
    expect(decided(paid(1, 10_000), request(wanted))).toEqual(
      accepted(requested(2, 3_000, wanted)),
    ));
  it('for the same seats with the same token, while it is under way, asks for nothing more', () =>
    expect(
      decided([...paid(1, 10_000), requested(2, 3_000, wanted)], request(['C1', 'A1'])),
    ).toEqual(accepted()));
  it.each([
    ['other seats', request(['B1'])],
    ['the same seats with another token', request(wanted, 'tok-2')],
  ])('for %s waits until the one under way has ended', (_, command) =>
    expect(decided([...paid(1, 10_000), requested(2, 3_000, wanted)], command)).toEqual({
      accepted: false,
      rejection: { code: 'payment-under-way' },
    }),
  );
});
