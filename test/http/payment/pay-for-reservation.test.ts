import type { CommandBus } from '@nestjs/cqrs';
import type { PayReservationCommand } from '../../../src/commands/payment/pay-reservation.js';
import type { Protection } from '../../../src/http/abuse/protection.js';
import {
  PayForReservation,
  type PaymentRequest,
} from '../../../src/http/payment/pay-for-reservation.js';
import { newContext } from '../../support/write-side.js';

const request: PaymentRequest = {
  eventId: 'show',
  reservationId: 'r1',
  account: { id: 'ann', roles: ['customer'], email: 'ann@example.org', expiresAt: 0 },
  token: 'tok_success',
  email: undefined,
  address: '203.0.113.1',
  proof: undefined,
  context: newContext(),
};
const reservation = { id: 'r1', customerId: 'ann', status: 'confirmed' };
const sold = { accepted: true, settled: true, reservation, revision: 9n };

/** The use case with parts that record their calls. */
function open(command: object | Error = sold, check: object = {}) {
  const calls: string[] = [];
  const protection = {
    checkPayment: async ({ token, address }: Record<string, unknown>) => {
      calls.push(`check ${String(token)} from ${String(address)}`);
      return { end: () => calls.push('end'), ...check };
    },
    paymentAttempted: () => calls.push('attempted'),
  };
  const bus = {
    execute: async ({ token, onlyIfUnderWay }: PayReservationCommand) => {
      calls.push(`${onlyIfUnderWay ? 'ask for the payment' : 'pay'} with ${token}`);
      if (command instanceof Error) throw command;
      return command;
    },
  };
  const pay = new PayForReservation(
    bus as unknown as CommandBus,
    protection as unknown as Protection,
    { remember: async (_id: string, email: string) => calls.push(`store ${email}`) } as never,
    { of: async () => undefined } as never,
    { recordWrite: () => calls.push('write') } as never,
    { sold: async () => ['the ticket'] } as never,
  );
  return { calls, pay: (changes = {}) => pay.execute({ ...request, ...changes }) };
}

const CHECK = 'check tok_success from 203.0.113.1';
const STORE = 'store ann@example.org';
const PAY = 'pay with tok_success';

describe('paying for a reservation', () => {
  it('checks the card, stores the address of the account, and pays', async () => {
    const { calls, pay } = open();
    expect(await pay()).toEqual({
      status: 'confirmed',
      reservation,
      tickets: ['the ticket'],
      revision: 9n,
    });
    expect(calls).toEqual([CHECK, STORE, PAY, 'end', 'attempted', 'write']);
  });

  it('prefers the given address to that of the account', async () => {
    const { calls, pay } = open();
    await pay({ email: 'box@example.org' });
    expect(calls).toContain('store box@example.org');
  });

  it('does not check a payment without a card', async () => {
    const { calls, pay } = open();
    await pay({ token: undefined });
    expect(calls).toEqual([STORE, 'pay with undefined', 'attempted', 'write']);
  });

  it('is pending while the provider has not answered', async () => {
    const { calls, pay } = open({ accepted: true, settled: false });
    expect(await pay()).toEqual({ status: 'pending' });
    expect(calls).toEqual([CHECK, STORE, PAY, 'end', 'attempted']);
  });

  it('stores and pays nothing when protection rejects the card', async () => {
    const problem = 'payment-attempts-exhausted';
    const { calls, pay } = open(sold, { problem, members: { limit: 20 } });
    const rejected = { status: 'rejected', problem, members: { limit: 20 }, byProtection: true };
    expect(await pay()).toMatchObject(rejected);
    expect(calls).toEqual([CHECK]);
  });

  it('only asks for the payment when protection lets a payment in progress pass', async () => {
    const members = { challenge: {} };
    const ifNotInProgress = async () => ({ problem: 'proof-of-work-required', members });
    const { calls, pay } = open({ accepted: false, notUnderWay: true }, { ifNotInProgress });
    expect(await pay()).toEqual({
      status: 'rejected',
      problem: 'proof-of-work-required',
      members,
      byProtection: true,
    });
    expect(calls).toEqual([
      CHECK,
      STORE,
      'ask for the payment with tok_success',
      'end',
      'attempted',
    ]);
  });

  it.each([
    [
      { missing: 'payment' },
      { problem: 'validation-failed', members: { errors: [{ path: '/payment' }] } },
    ],
    [
      { rejection: { code: 'event-over', startsAt: 'then' } },
      { problem: 'event-over', members: { startsAt: 'then' } },
    ],
  ])('has the problem of a rejected payment, %j', async (outcome, expected) => {
    const { calls, pay } = open({ accepted: false, ...outcome });
    const result = await pay();
    expect(result).toMatchObject({ status: 'rejected', ...expected });
    expect(result).not.toHaveProperty('byProtection');
    expect(calls).toEqual([CHECK, STORE, PAY, 'end', 'attempted']);
  });

  it('ends the check of the card when the command fails', async () => {
    const { calls, pay } = open(new Error('unknown'));
    await expect(pay()).rejects.toThrow('unknown');
    expect(calls).toEqual([CHECK, STORE, PAY, 'end']);
  });
});
