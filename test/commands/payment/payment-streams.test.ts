import { openPayments } from '../../../src/commands/payment/payments.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import type { RequestPayment } from '../../../src/domain/payment/commands.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import { readAll } from '../../support/log/domain-events.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type ShopNode,
  type WriteSide,
} from '../../support/write-side.js';

const requestOf = (reservationId: string): RequestPayment => ({
  type: 'RequestPayment',
  ...{
    reservationId,
    eventId: 'event-1',
    customerId: 'customer-1',
    provider: 'sandbox',
    token: 'tok_success',
  },
  amount: { amountMinor: 5_000, currency: 'EUR' },
  purpose: { type: 'reservation' },
  holdExpiresAt: '2026-01-01T12:10:00.000Z',
  now: Date.parse('2026-01-01T12:00:00.000Z'),
});

describe.each(LOGS)('The request of a payment, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());
  const paymentsOf = (node: ShopNode) =>
    openPayments(node.eventStore, systemClock, systemRandomness);

  it('is written without a look at a stream that nobody has written to', async () => {
    const node = side.openNode();
    const payments = paymentsOf(node);
    const written = await payments.write('first', [requestOf('first')], newContext());
    expect(written).toMatchObject({ accepted: true, written: true });
    expect(node.traffic.reads).toEqual([]);
    expect(node.traffic.appends).toHaveLength(1);
  });

  it('is seen by a node that has never heard of it and asks for another', async () => {
    const [here, there] = [side.openNode(), side.openNode()];
    await paymentsOf(here).write('known', [requestOf('known')], newContext());
    const again = await paymentsOf(there).write('known', [requestOf('known')], newContext());
    expect(again).toMatchObject({
      accepted: true,
      written: false,
      payment: { attempts: [{ number: 1 }] },
    });
    expect(await readAll(there.eventStore.readStream(paymentStream('known')))).toHaveLength(1);
  });
});
