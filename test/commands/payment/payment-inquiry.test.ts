import {
  openSandboxGateway,
  type SandboxGateway,
} from '../../../src/demo/payment-sandbox/sandbox-gateway.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openPayments, type Payments } from '../../../src/commands/payment/payments.js';
import {
  chargeRequest,
  openSettlement,
  type Settlement,
} from '../../../src/commands/payment/settlement.js';
import { openTicketVoids } from '../../../src/commands/ticket/ticket-voids.js';
import { pendingAttempt } from '../../../src/domain/payment/state.js';
import type { PaymentGateway } from '../../../src/ports/payment/payment-gateway.js';
import { sandboxOptions } from '../../support/payment/payment-gateways.js';
import { LOGS, newContext, openWriteSide, type WriteSide } from '../../support/write-side.js';

describe.each(LOGS)('Asking about a charge without an answer, over %s', (logName) => {
  let side: WriteSide;
  let payments: Payments;
  let gateway: SandboxGateway;
  let settlement: Settlement;
  let asked: (keyof PaymentGateway)[];
  let eventId: string;
  beforeAll(async () => {
    side = await openWriteSide(logName);
    const node = side.openNode();
    gateway = await openSandboxGateway(sandboxOptions());
    ({ eventId } = await side.openSale());
    payments = openPayments(node.eventStore, systemClock, systemRandomness);
    const watched = new Proxy<PaymentGateway>(gateway, {
      get: (target, name: keyof PaymentGateway) => {
        if (name === 'charge' || name === 'find' || name === 'withdraw') asked.push(name);
        return target[name];
      },
    });
    const { writers, eventStore } = node;
    const voids = openTicketVoids({ eventStore, writers, clock: systemClock });
    settlement = openSettlement({ payments, writers, voids, gateway: watched, clock: systemClock });
  });
  beforeEach(() => void (asked = []));
  afterAll(async () => {
    await gateway.close();
    await side.close();
  });

  /** A recorded attempt that was not sent to the provider yet. */
  const request = async (reservationId: string, holdEndedAgoMs: number) => {
    const now = Date.now() - holdEndedAgoMs;
    const written = await payments.write(
      reservationId,
      [
        {
          type: 'RequestPayment',
          ...{
            reservationId,
            eventId,
            customerId: 'ann',
            provider: 'sandbox',
            token: 'tok_success',
          },
          ...{ amount: { amountMinor: 5_000, currency: 'EUR' }, purpose: { type: 'reservation' } },
          ...{
            holdExpiresAt: new Date(now).toISOString(),
            now,
          },
        },
      ],
      newContext(),
    );
    if (!written.accepted) throw new Error(written.rejection.code);
    return chargeRequest(written.payment!, pendingAttempt(written.payment)!);
  };
  const advance = async (id: string) =>
    (await settlement.advance(id, Date.now() + 600_000, newContext()))!.attempts[0]!;

  it('sends it again while the hold lives', async () => {
    await request('alive', -60_000);
    expect(await advance('alive')).toMatchObject({ status: 'captured' });
    expect(asked).toEqual(['find', 'charge']);
  });

  it('only asks once the hold has ended', async () => {
    await request('ended', 1_000);
    expect(await advance('ended')).toMatchObject({ status: 'pending' });
    expect(asked).toEqual(['find']);
  });

  it(
    'withdraws it before it is given up: a request that arrives even later takes no ' + 'money',
    async () => {
      const late = await request('given-up', 61_000);
      expect(await advance('given-up')).toMatchObject({ status: 'failed', failure: 'abandoned' });
      expect(asked).toEqual(['find', 'withdraw']);
      expect(await gateway.charge(late)).toMatchObject({ status: 'failed' });
    },
  );

  it('settles a capture that arrived before the withdrawal', async () => {
    const late = await request('just-in-time', 61_000);
    const find = gateway.find;
    gateway.find = async () => {
      gateway.find = find;
      await gateway.charge(late);
      return undefined;
    };
    expect(await advance('just-in-time')).toMatchObject({ status: 'captured' });
  });
});
