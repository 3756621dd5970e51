import type { PaymentGateway, ProviderEntry } from '../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  refundOf,
  sandboxInProcess,
  sandboxOverHttp,
  stripeOverHttp,
  type GatewayUnderTest,
} from '../support/payment/payment-gateways.js';
import { describeNotices } from './payment-notices.contract.js';

/** Tests of every payment gateway. */
describe.each([
  ['sandbox in this process', sandboxInProcess],
  ['sandbox over HTTP', sandboxOverHttp],
  ['Stripe', stripeOverHttp],
])('payment gateway: %s', (_, open) => {
  let given: GatewayUnderTest;
  let gateway: PaymentGateway;
  beforeAll(async () => {
    given = await open();
    gateway = given.gateway;
  });
  afterAll(async () => {
    await given?.unreachable.close();
    await given?.stop();
  });

  const captured = async (request = chargeOf(given.tokens.success)) => {
    const charge = await gateway.charge(request);
    if (charge.status !== 'captured') throw new Error(`not captured: ${JSON.stringify(charge)}`);
    return charge;
  };
  const booked = async (reference: string): Promise<ProviderEntry[]> => {
    const entries: ProviderEntry[] = [];
    for await (const entry of gateway.entries())
      if (entry.reference === reference) entries.push(entry);
    return entries.toSorted((one, other) => one.kind.localeCompare(other.kind));
  };

  describe('a charge', () => {
    it('takes the money and says so', async () => {
      const request = chargeOf(given.tokens.success);

      const charge = await gateway.charge(request);

      expect(charge).toEqual({
        status: 'captured',
        reference: expect.any(String),
        amount: request.amount,
      });
      expect(await gateway.find(request)).toEqual(charge);
    });

    it('is made once for a key, however often it is sent', async () => {
      const request = chargeOf(given.tokens.success);

      const charges = [
        await captured(request),
        await captured(request),
        ...(await Promise.all([captured(request), captured(request)])),
      ];

      expect(new Set(charges.map(({ reference }) => reference)).size).toBe(1);
      expect(await booked(charges[0]!.reference)).toHaveLength(1);
    });

    it('stands as it was first sent, whatever is sent with its key later', async () => {
      const request = chargeOf(given.tokens.success);
      const first = await captured(request);

      const second = await gateway.charge({
        ...request,
        amount: { amountMinor: 99_900, currency: 'EUR' },
      });

      expect(second).toEqual(first);
      expect(await booked(first.reference)).toEqual([
        { kind: 'capture', reference: first.reference, amount: request.amount },
      ]);
    });

    it('is declined', async () => {
      const request = chargeOf(given.tokens.declined);
      expect(await gateway.charge(request)).toMatchObject({ status: 'failed', reason: 'declined' });
      expect(await gateway.charge(request)).toMatchObject({ status: 'failed', reason: 'declined' });
      expect(await gateway.find(request)).toMatchObject({
        status: 'failed',
        reason: 'declined',
      });
    });

    it('fails with a token that the provider does not know, and is then none', async () => {
      const request = chargeOf(given.tokens.unknown);
      expect(await gateway.charge(request)).toEqual({ status: 'failed', reason: 'token-unknown' });
      expect(await gateway.find(request)).toBeUndefined();
    });

    it('is pending until it is settled', async () => {
      const request = chargeOf(given.tokens.slow);
      expect(await gateway.charge(request)).toEqual({ status: 'pending' });
      expect(await gateway.find(request)).toEqual({ status: 'pending' });

      await given.settled();

      expect(await gateway.find(request)).toMatchObject({
        status: 'captured',
        amount: request.amount,
      });
    });

    it('whose answer never comes is unknown in bounded time, and is found captured', async () => {
      const request = given.silent();

      await expect(gateway.charge(request)).rejects.toThrow(
        expect.objectContaining({ name: 'PaymentOutcomeUnknown' }),
      );

      expect(await gateway.find(request)).toMatchObject({
        status: 'captured',
        amount: request.amount,
      });
    });

    it('of a key that was never sent is not found', async () => {
      const idempotencyKey = "a key with 'quotes' and \\".replaceAll(' ', '-');
      expect(
        await gateway.find(chargeOf(given.tokens.success, { idempotencyKey })),
      ).toBeUndefined();
    });
  });

  describe('a charge that is withdrawn', () => {
    it('does not exist if it was never sent, and takes no money afterwards', async () => {
      const request = chargeOf(given.tokens.success);
      expect(await gateway.withdraw(request)).toBeUndefined();
      expect(await gateway.withdraw(request)).toBeUndefined();
      // It counts as no decline: the card was not asked.
      expect(await gateway.charge(request)).toEqual({ status: 'failed', reason: 'abandoned' });
      expect(await gateway.find(request)).toBeUndefined();
    });

    it.each(['success', 'declined'] as const)(
      'stands as it was when it is too late: %s',
      async (token) => {
        const request = chargeOf(given.tokens[token]);
        const charge = await gateway.charge(request);
        expect(await gateway.withdraw(request)).toEqual(charge);
        expect(await gateway.find(request)).toEqual(charge);
      },
    );

    it('may still take the money when the provider has accepted it', async () => {
      const request = chargeOf(given.tokens.slow);
      await gateway.charge(request);
      expect(await gateway.withdraw(request)).toEqual({ status: 'pending' });
      await given.settled();
      expect(await gateway.find(request)).toMatchObject({ status: 'captured' });
    });
  });

  it('names the payment of a capture', async () => {
    const request = chargeOf(given.tokens.success);
    const { reference } = await captured(request);
    expect(await gateway.subjectOf(reference)).toEqual(request.about);
    expect(await gateway.subjectOf('py_nobody')).toBeUndefined();
  });

  describe('a refund', () => {
    it('is paid once for a key', async () => {
      const { reference } = await captured();
      const request = refundOf(reference, 5_000);

      const states = [await gateway.refund(request), await gateway.refund(request)];

      expect(states[0]).toEqual({ status: 'succeeded', refundReference: expect.any(String) });
      expect(states[1]).toEqual(states[0]);
      expect(await booked(reference)).toEqual([
        { kind: 'capture', reference, amount: { amountMinor: 12_500, currency: 'EUR' } },
        { kind: 'refund', reference, amount: { amountMinor: 5_000, currency: 'EUR' } },
      ]);
    });

    it('may be given in parts, and not beyond what was captured', async () => {
      const { reference } = await captured();
      await gateway.refund(refundOf(reference, 5_000));
      await gateway.refund(refundOf(reference, 7_000));

      await expect(gateway.refund(refundOf(reference, 501))).rejects.toThrow(
        expect.objectContaining({ name: 'RefundRefused' }),
      );
      await gateway.refund(refundOf(reference, 500));
      await expect(gateway.refund(refundOf(reference, 1))).rejects.toThrow(
        expect.objectContaining({ name: 'RefundRefused' }),
      );
      expect((await booked(reference)).filter(({ kind }) => kind === 'refund')).toHaveLength(3);
    });

    it('of another amount with the same key is refused', async () => {
      const { reference } = await captured();
      const request = refundOf(reference, 5_000);
      await gateway.refund(request);

      await expect(
        gateway.refund(refundOf(reference, 6_000, request.idempotencyKey)),
      ).rejects.toThrow(expect.objectContaining({ name: 'RefundRefused' }));
      expect(await booked(reference)).toHaveLength(2);
    });

    it('of nothing that was captured is refused', async () => {
      await expect(gateway.refund(refundOf('pi_nobody', 100))).rejects.toThrow(
        expect.objectContaining({ name: 'RefundRefused' }),
      );
    });
  });

  it('shows in its books what was captured and nothing else', async () => {
    const { reference } = await captured();
    await gateway.charge(chargeOf(given.tokens.declined));
    const all: ProviderEntry[] = [];
    for await (const entry of gateway.entries()) all.push(entry);

    expect(all).toContainEqual({
      kind: 'capture',
      reference,
      amount: { amountMinor: 12_500, currency: 'EUR' },
    });
    expect(all.every(({ amount }) => amount.amountMinor > 0)).toBe(true);
  });

  it('leaves everything open while the provider is unavailable', async () => {
    const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });
    const { unreachable } = given;
    const attempts = [
      unreachable.charge(chargeOf(given.tokens.success)),
      unreachable.find(chargeOf(given.tokens.success)),
      unreachable.withdraw(chargeOf(given.tokens.success)),
      unreachable.refund(refundOf('py_1', 1)),
      unreachable.subjectOf('py_1'),
      unreachable.entries()[Symbol.asyncIterator]().next(),
    ];
    await Promise.all(attempts.map((attempt) => expect(attempt).rejects.toThrow(unknown)));
  });

  describeNotices(() => given);
});
