import type { DeliverNotice } from '../../src/demo/payment-sandbox/sandbox-deliveries.js';
import {
  openSandboxGateway,
  type SandboxGateway,
} from '../../src/demo/payment-sandbox/sandbox-gateway.js';
import { openDeliveries } from '../../src/demo/payment-sandbox/sandbox-deliveries.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { openManualClock, type ManualClock } from '../support/manual-clock.js';
import { chargeOf, NEW_SECRET, sandboxOptions } from '../support/payment/payment-gateways.js';
import { openWebhookReceiver } from '../support/payment/webhook-receiver.js';

const NOON = Date.parse('2026-07-01T12:00:00Z');
const HOUR_MS = 3_600_000;

describe('the sandbox on a clock of its own', () => {
  let clock: ManualClock;
  let gateway: SandboxGateway;
  /** When webhooks were tried, in milliseconds after noon, and what they said. */
  let tried: { at: number; type: string; signature: string }[];
  let answer: (attempt: number) => number | Error;
  beforeEach(async () => {
    clock = openManualClock(NOON);
    tried = [];
    answer = () => 200;
    const deliver: DeliverNotice = async (body, headers) => {
      const { type } = JSON.parse(body.toString()) as { type: string };
      tried.push({ at: clock.now() - NOON, type, signature: headers['boxoffice-signature']! });
      gateway.readNotice(body, headers, clock.now());
      const said = answer(tried.length);
      if (said instanceof Error) throw said;
      return said;
    };
    gateway = await openSandboxGateway(sandboxOptions({ clock, waits: {}, timeoutMs: 10_000 }));
    gateway.sendNoticesTo(deliver);
  });
  afterEach(() => gateway.close());

  const statusOf = async (key: string) =>
    (await gateway.find(chargeOf('any', { idempotencyKey: key })))?.status;

  it('captures tok_slow after five seconds, to the millisecond', async () => {
    const { idempotencyKey } = chargeOf('tok_slow');
    await gateway.charge(chargeOf('tok_slow', { idempotencyKey }));
    await clock.advance(4_999);
    expect([await statusOf(idempotencyKey), tried]).toEqual(['pending', []]);
    await clock.advance(1);
    expect(await statusOf(idempotencyKey)).toBe('captured');
    expect(tried).toMatchObject([{ at: 5_000, type: 'charge.captured' }]);
  });

  it('captures tok_late one second after the end of the hold, even in forty days', async () => {
    const days = 40;
    const holdExpiresAt = new Date(NOON + days * 24 * HOUR_MS).toISOString();
    const request = chargeOf('tok_late', { holdExpiresAt });
    await gateway.charge(request);
    await clock.advance(days * 24 * HOUR_MS + 999);
    expect([await statusOf(request.idempotencyKey), tried]).toEqual(['pending', []]);
    await clock.advance(1);
    expect([await statusOf(request.idempotencyKey), tried.length]).toEqual(['captured', 1]);
  });

  it('captures tok_lost after one second', async () => {
    const request = chargeOf('tok_lost');
    await gateway.charge(request);
    await clock.advance(999);
    expect(await statusOf(request.idempotencyKey)).toBe('pending');
    await clock.advance(1);
    expect(await statusOf(request.idempotencyKey)).toBe('captured');
  });

  it('leaves tok_silent without an answer until the time of the call is over', async () => {
    let ended = false;
    const charge = gateway.charge(chargeOf('tok_silent')).catch((error: Error) => {
      ended = true;
      return error.name;
    });
    await clock.advance(9_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await charge).toBe('PaymentOutcomeUnknown');
  });

  it('repeats an unacknowledged webhook with growing pauses and new signatures', async () => {
    answer = (attempt) => (attempt === 1 ? new Error('refused') : attempt < 5 ? 500 : 204);
    await gateway.charge(chargeOf('tok_success'));
    await clock.advance(HOUR_MS);
    expect(tried.map(({ at }) => at)).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(new Set(tried.map(({ signature }) => signature)).size).toBeGreaterThan(3);
  });

  it('pauses no longer than a minute, and gives up after a day', async () => {
    answer = () => 404;
    await gateway.charge(chargeOf('tok_success'));
    await clock.advance(25 * HOUR_MS);
    const pauses = tried.slice(1).map(({ at }, before) => at - tried[before]!.at);
    expect(Math.max(...pauses)).toBe(60_000);
    expect(tried.at(-1)!.at).toBeGreaterThanOrEqual(24 * HOUR_MS);
    const before = tried.length;
    await clock.advance(HOUR_MS);
    expect(tried).toHaveLength(before);
  });

  it('tells what happened before there was anybody to tell', async () => {
    const quiet = await openSandboxGateway(sandboxOptions({ clock }));
    await quiet.charge(chargeOf('tok_success'));
    const types: string[] = [];
    quiet.sendNoticesTo(async (body) => {
      types.push((JSON.parse(body.toString()) as { type: string }).type);
      return 200;
    });
    await clock.advance(0);
    expect(types).toEqual(['charge.captured']);
    await quiet.close();
  });
});

describe('deliveries of webhooks', () => {
  const notice = {
    id: 'evt_1',
    type: 'charge.captured' as const,
    createdAt: '2026-07-01T12:00:00.000Z',
    data: {
      idempotencyKey: 'key-1',
      reference: 'py_1',
      amount: { amountMinor: 1, currency: 'EUR' },
      about: chargeOf('').about,
    },
  };
  const batch = { dueAt: 0, notices: [notice], onNoticeDone: () => {} };

  it('are made sixteen at a time', async () => {
    let [now, most, done] = [0, 0, 0];
    const deliver: DeliverNotice = async () => {
      most = Math.max(most, ++now);
      await systemClock.sleep(2);
      now--;
      return 200;
    };
    const deliveries = openDeliveries({
      clock: systemClock,
      secret: NEW_SECRET,
      deliver,
      warn: () => {},
    });
    await Promise.all(
      Array.from({ length: 200 }, () => deliveries.send({ ...batch, onNoticeDone: () => done++ })),
    );
    await systemClock.sleep(20);
    expect([most, done, deliveries.pending()]).toEqual([16, 200, 0]);
    await deliveries.close();
  });

  it('take no more than there is room for, and say so once', async () => {
    const said: string[] = [];
    const deliver: DeliverNotice = (_body, _headers, signal) =>
      new Promise((_, refuse) =>
        signal.addEventListener('abort', () => refuse(new Error('closed'))),
      );
    const deliveries = openDeliveries({
      clock: systemClock,
      secret: NEW_SECRET,
      deliver,
      warn: (message) => said.push(message),
      maxPending: 3,
    });
    const taken = Array.from({ length: 5 }, () => deliveries.send(batch));
    expect(taken.map((one) => one !== undefined)).toEqual([true, true, true, false, false]);
    expect(said).toEqual([expect.stringMatching(/^3 webhooks are waiting/)]);
    await deliveries.close();
    expect(deliveries.pending()).toBe(0);
  });

  it('over HTTP are repeated after a refusal and a lost connection', async () => {
    const receiver = await openWebhookReceiver();
    receiver.answerNext(503, 'drop');
    const gateway = await openSandboxGateway(sandboxOptions({ webhookUrl: receiver.url }));
    await gateway.charge(chargeOf('tok_success'));
    const [first, ...again] = await receiver.until(3);
    for (const one of again) expect(one.body).toEqual(first!.body);
    await gateway.close();
    await receiver.close();
  });
});
