import {
  openRemoteSandboxGateway,
  openSandboxGateway,
} from '../../src/demo/payment-sandbox/sandbox-gateway.js';
import { serveSandbox } from '../../src/demo/payment-sandbox/sandbox-http.js';
import { SANDBOX_TOKENS } from '../../src/demo/payment-sandbox/sandbox-tokens.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { PaymentGateway, PaymentNotice } from '../../src/ports/payment/payment-gateway.js';
import {
  API_KEY,
  chargeOf,
  refundOf,
  sandboxOptions,
  SECRETS,
  serverOptions,
  TIMEOUT_MS,
} from '../support/payment/payment-gateways.js';
import { openWebhookReceiver, type WebhookReceiver } from '../support/payment/webhook-receiver.js';

/** Long enough for a webhook that must not come. Milliseconds. */
const QUIET_MS = 400;

async function near(webhookUrl: string) {
  const gateway = await openSandboxGateway(sandboxOptions({ webhookUrl }));
  return { gateway, stop: () => gateway.close() };
}

async function far(webhookUrl: string) {
  const server = await serveSandbox(serverOptions({ webhookUrl }));
  const gateway = openRemoteSandboxGateway({
    url: server.url,
    apiKey: API_KEY,
    webhookSecrets: SECRETS,
    timeoutMs: TIMEOUT_MS,
  });
  const stop = async () => {
    await gateway.close();
    await server.close();
  };
  return { gateway, stop };
}

describe.each([
  ['in this process', near],
  ['over HTTP', far],
])('the tokens of the sandbox, %s', (_, open) => {
  let receiver: WebhookReceiver;
  let gateway: PaymentGateway;
  let stop: () => Promise<void>;
  beforeEach(async () => {
    receiver = await openWebhookReceiver();
    ({ gateway, stop } = await open(receiver.url));
  });
  afterEach(async () => {
    await stop();
    await receiver.close();
  });

  const notices = (): PaymentNotice[] =>
    receiver.received.map(({ body, headers, at }) => gateway.readNotice(body, headers, at));
  const told = async (count: number): Promise<PaymentNotice[]> => {
    await receiver.until(count);
    await systemClock.sleep(QUIET_MS);
    return notices();
  };
  const capturedOf = ({ amount }: { amount: object }) => ({
    status: 'captured',
    reference: expect.any(String),
    amount,
  });

  it('tok_success is captured in the answer, and one webhook tells it', async () => {
    const request = chargeOf('tok_success');
    const charge = await gateway.charge(request);
    expect(charge).toEqual(capturedOf(request));
    expect(await told(1)).toEqual([
      {
        noticeId: expect.any(String),
        type: expect.any(String),
        kind: 'charge',
        about: request.about,
        charge,
      },
    ]);
  });

  it('tok_declined is declined in the answer, and a webhook tells it', async () => {
    const request = chargeOf('tok_declined');
    expect(await gateway.charge(request)).toEqual({ status: 'failed', reason: 'declined' });
    expect(await told(1)).toEqual([
      {
        noticeId: expect.any(String),
        type: expect.any(String),
        kind: 'charge',
        about: request.about,
        charge: { status: 'failed', reason: 'declined' },
      },
    ]);
  });

  it('tok_slow is pending in the answer; a webhook tells the capture later', async () => {
    const request = chargeOf('tok_slow');
    expect(await gateway.charge(request)).toEqual({ status: 'pending' });
    expect(receiver.received).toEqual([]);
    expect(await told(1)).toEqual([
      {
        noticeId: expect.any(String),
        type: expect.any(String),
        kind: 'charge',
        about: request.about,
        charge: capturedOf(request),
      },
    ]);
  });

  it('tok_silent is never answered or reported; an inquiry returns the capture', async () => {
    const request = chargeOf('tok_silent');
    const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });
    await expect(
      Promise.allSettled([gateway.charge(request), gateway.charge(request)]),
    ).resolves.toEqual([
      { status: 'rejected', reason: unknown },
      { status: 'rejected', reason: unknown },
    ]);
    expect(await gateway.find(request)).toEqual(capturedOf(request));
    expect(await told(0)).toEqual([]);
  });

  it('tok_lost is pending in the answer, captured after it, and sends no webhook', async () => {
    const request = chargeOf('tok_lost');
    expect(await gateway.charge(request)).toEqual({ status: 'pending' });
    expect(await told(0)).toEqual([]);
    expect(await gateway.find(request)).toEqual(capturedOf(request));
  });

  it('tok_twice is captured, and the same webhook comes twice', async () => {
    const charge = await gateway.charge(chargeOf('tok_twice'));
    const [first, second, ...more] = await told(2);
    expect(first).toMatchObject({ charge });
    expect(second).toEqual(first);
    expect(more).toEqual([]);
  });

  it('tok_early has its webhook answered before the charge is', async () => {
    const charge = await gateway.charge(chargeOf('tok_early'));
    expect(notices()).toMatchObject([{ charge }]);
    expect(charge.status).toBe('captured');
    expect(await told(1)).toHaveLength(1);
  });

  it('tok_early is answered in the end though nobody takes its webhook', async () => {
    receiver.answerNext('silence');
    expect(await gateway.charge(chargeOf('tok_early'))).toMatchObject({ status: 'captured' });
  });

  it('tok_late is captured when the hold has ended, and a webhook tells it', async () => {
    const holdExpiresAt = new Date(Date.now() + 300).toISOString();
    const request = chargeOf('tok_late', { holdExpiresAt });
    expect(await gateway.charge(request)).toEqual({ status: 'pending' });
    expect(await told(1)).toEqual([
      {
        noticeId: expect.any(String),
        type: expect.any(String),
        kind: 'charge',
        about: request.about,
        charge: capturedOf(request),
      },
    ]);
    expect(receiver.received[0]!.at).toBeGreaterThan(Date.parse(holdExpiresAt));
  });

  it('tok_unordered is captured, and only then a webhook reports it as processing', async () => {
    const request = chargeOf('tok_unordered');
    const charge = await gateway.charge(request);
    const [first, second, ...more] = await told(2);
    expect(first).toMatchObject({ about: request.about, charge });
    expect(second).toMatchObject({ about: request.about, charge: { status: 'pending' } });
    expect(second!.noticeId).not.toBe(first!.noticeId);
    expect(more).toEqual([]);
  });

  it('any other token is unknown and leaves nothing behind', async () => {
    for (const token of ['tok_Success', 'constructor', '__proto__', 'pm_card_visa'])
      expect(await gateway.charge(chargeOf(token))).toEqual({
        status: 'failed',
        reason: 'token-unknown',
      });
    expect(await told(0)).toEqual([]);
    expect(await gateway.entries()[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  it('are all there', () => {
    expect(SANDBOX_TOKENS.toSorted()).toEqual(
      [
        ...'declined early late lost refund_fails refund_fails_later refund_fails_once'.split(' '),
        ...'refund_slow silent slow success twice unordered'.split(' '),
      ].map((name) => `tok_${name}`),
    );
  });

  it('a refund is reported too', async () => {
    const request = chargeOf('tok_lost');
    await gateway.charge(request);
    await systemClock.sleep(QUIET_MS);
    const charge = await gateway.find(request);
    if (charge?.status !== 'captured') throw new Error('not captured');
    await gateway.refund(refundOf(charge.reference, request.amount.amountMinor, 'refund-1'));
    expect(await told(1)).toMatchObject([
      { kind: 'refund', refund: { idempotencyKey: 'refund-1', state: { status: 'succeeded' } } },
    ]);
    expect(receiver.types()).toEqual(['refund.completed']);
  });
});
