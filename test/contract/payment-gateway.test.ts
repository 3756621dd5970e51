import {
  NOTICE_TOLERANCE_SECONDS,
  type PaymentGateway,
  type ProviderEntry,
} from '../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  NEW_SECRET,
  OLD_SECRET,
  refundOf,
  sandboxInProcess,
  sandboxOverHttp,
  STRANGE_SECRET,
  stripeOverHttp,
  type GatewayUnderTest,
} from '../support/payment/payment-gateways.js';

/** What every gateway does alike. */
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
    await expect(unreachable.charge(chargeOf(given.tokens.success))).rejects.toThrow(unknown);
    await expect(unreachable.find(chargeOf(given.tokens.success))).rejects.toThrow(unknown);
    await expect(unreachable.withdraw(chargeOf(given.tokens.success))).rejects.toThrow(unknown);
    await expect(unreachable.refund(refundOf('py_1', 1))).rejects.toThrow(unknown);
    await expect(unreachable.subjectOf('py_1')).rejects.toThrow(unknown);
    await expect(unreachable.entries()[Symbol.asyncIterator]().next()).rejects.toThrow(unknown);
  });

  describe('a notice', () => {
    const NOW = Date.parse('2026-07-01T18:00:00.700Z');
    const request = chargeOf('any', { idempotencyKey: 'key-1' });
    const amount = request.amount;
    const read = (body: string, headers: object, now = NOW) =>
      gateway.readNotice(Buffer.from(body), headers as never, now);
    const signed = (body: string, secret = NEW_SECRET, at = NOW) => ({
      ...given.headers(body, { secret, at }),
    });
    const refused = (code: string) => expect.objectContaining({ name: 'NoticeRefused', code });
    const seconds = (count: number) => NOW + count * 1_000;

    it.each([
      ['captured', { status: 'captured', reference: expect.any(String), amount }],
      ['failed', { status: 'failed', reason: 'declined' }],
      ['processing', { status: 'pending' }],
    ] as const)('tells of a charge that is %s', (kind, charge) => {
      const body = given.body(kind, request);
      expect(read(body, signed(body))).toEqual({
        ...{ noticeId: expect.stringMatching(/^evt_/), type: expect.any(String) },
        kind: 'charge',
        about: request.about,
        charge,
      });
    });

    it.each([
      ['refund pending', { status: 'pending' }],
      ['refund succeeded', { status: 'succeeded' }],
      ['refund failed', { status: 'failed', reason: 'lost_or_stolen_card' }],
    ] as const)('reports a %s', (kind, state) => {
      const body = given.body(kind, request);
      const { eventId, reservationId } = request.about;
      expect(read(body, signed(body))).toEqual({
        noticeId: expect.stringMatching(/^evt_/),
        ...{ kind: 'refund', type: expect.any(String) },
        refund: {
          ...{
            about: { eventId, reservationId },
            idempotencyKey: 'key-1',
            reference: 'py_1',
            amount,
          },
          state: { ...state, refundReference: 're_1' },
        },
      });
    });

    it('about something else is about no charge', () => {
      const body = given.body('something else', request);
      expect(read(body, signed(body))).toMatchObject({
        noticeId: expect.stringMatching(/^evt_/),
        kind: 'other',
      });
    });

    it.each([
      ['incomplete', 'captured', /"attempt": ?"?1"?/, '"attempt":"first"'],
      ['incomplete', 'failed', /"eventId": ?"event-1",/, ''],
    ] as const)('that names half of a payment is %s: %s', (problem, kind, part, instead) => {
      const body = given.body(kind, request).replace(part, instead);
      expect(read(body, signed(body))).toMatchObject({ kind: 'stray', stray: { problem } });
    });

    it('is accepted with each secret of a rotation', () => {
      const body = given.body('captured', request);
      expect(read(body, signed(body, OLD_SECRET))).toEqual(read(body, signed(body, NEW_SECRET)));
    });

    it('may carry the signatures of two secrets', () => {
      const body = given.body('captured', request);
      const [name] = Object.keys(signed(body));
      const strange = Object.values(signed(body, STRANGE_SECRET))[0] as string;
      const ours = (Object.values(signed(body, OLD_SECRET))[0] as string).split(',')[1];
      expect(read(body, { [name!]: `${strange},${ours}` })).toMatchObject({ about: request.about });
    });

    it.each([
      ['as old as is allowed', -NOTICE_TOLERANCE_SECONDS],
      ['as far ahead as is allowed', NOTICE_TOLERANCE_SECONDS],
    ])('is accepted %s', (_, offset) => {
      const body = given.body('captured', request);
      expect(read(body, signed(body, NEW_SECRET, seconds(offset)))).toMatchObject({
        about: request.about,
      });
    });

    it.each([
      ['older', -NOTICE_TOLERANCE_SECONDS - 1],
      ['further ahead', NOTICE_TOLERANCE_SECONDS + 1],
    ])('is refused when it is %s than is allowed', (_, offset) => {
      const body = given.body('captured', request);
      const headers = signed(body, NEW_SECRET, seconds(offset));
      expect(() => read(body, headers)).toThrow(refused('webhook-timestamp-out-of-tolerance'));
    });

    it.each([
      ['no signature', () => ({})],
      ['an empty signature', () => ({ [given.signatureHeader]: ' ' })],
    ])('is refused with %s', (_, headers) => {
      expect(() => read(given.body('captured', request), headers())).toThrow(
        refused('webhook-signature-missing'),
      );
    });

    it.each<[string, (body: string, header: string) => [body: string, header: string | string[]]]>([
      [
        'the signature of a third secret',
        (body) => [body, Object.values(signed(body, STRANGE_SECRET))[0] as string],
      ],
      ['an altered body', (body, header) => [body.replace('12500', '12501'), header]],
      [
        'an altered time',
        (body, header) => [
          body,
          header.replace(/^t=\d+/, `t=${NOW / 1_000 + 1}`.replace(/\..*/, '')),
        ],
      ],
      ['a second time', (body, header) => [body, `t=1,${header}`]],
      ['a time that is none', (body, header) => [body, header.replace(/^t=/, 't=x')]],
      ['no time', (body, header) => [body, header.split(',')[1]!]],
      ['nothing signed', (body, header) => [body, header.split(',')[0]!]],
      [
        'an empty signature beside its time',
        (body, header) => [body, `${header.split(',')[0]},v1=`],
      ],
      ['a shorter signature', (body, header) => [body, header.slice(0, -2)]],
      ['a longer signature', (body, header) => [body, `${header}zz`]],
      ['a signature of another scheme', (body, header) => [body, header.replace('v1=', 'v0=')]],
      ['two headers', (body, header) => [body, [header, header]]],
      ['text', (body) => [body, 'let me in']],
    ])('is refused with %s', (_, forge) => {
      const body = given.body('captured', request);
      const [sent, header] = forge(body, signed(body)[given.signatureHeader] as string);
      expect(() => read(sent, { [given.signatureHeader]: header })).toThrow(
        refused('webhook-signature-invalid'),
      );
    });

    it('that cannot be trusted is not told what is wrong with its time', () => {
      const body = given.body('captured', request);
      const headers = signed(body, STRANGE_SECRET, seconds(-10_000));
      expect(() => read(body, headers)).toThrow(refused('webhook-signature-invalid'));
    });

    it.each([
      ['is no JSON', () => 'captured!'],
      ['is no object', () => '[]'],
      ['has no id', () => given.body('captured', request).replace(/"id": ?"evt_\w+",/, '')],
      ['has no whole amount', () => given.body('captured', request).replaceAll('12500', '125.5')],
    ])('is refused when its body %s, though it is signed', (_, body) => {
      const sent = body();
      const headers = signed(sent);
      expect(() => read(sent, headers)).toThrow(refused('webhook-body-invalid'));
    });
  });
});
