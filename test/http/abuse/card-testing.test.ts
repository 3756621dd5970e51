import type { FastifyRequest } from 'fastify';
import { openDeclineCountsInMemory } from '../../../src/adapters/abuse/decline-counts.js';
import {
  DECLINES,
  openCardTesting,
  type PaymentGate,
} from '../../../src/http/abuse/card-testing.js';
import type { Charge, PaymentGateway } from '../../../src/ports/payment/payment-gateway.js';
import { openManualClock } from '../../support/manual-clock.js';

const AMOUNT = { amountMinor: 5_000, currency: 'EUR' };
/** Long enough for everything that waits for no timer. */
const ticks = async () => {
  for (let at = 0; at < 5; at++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a card that the provider names', () => {
  it('counts over accounts, addresses and holds, hashed, for ten minutes', async () => {
    const clock = openManualClock(1_000_000);
    const counts = openDeclineCountsInMemory(clock, DECLINES.windowMs);
    const keys: string[] = [];
    const cards = openCardTesting({
      counts: { ...counts, add: (added) => (keys.push(...added), counts.add(added)) },
      hashOf: (text) => `hash of ${text.length}`,
      reservationOf: () => undefined,
    });
    const answer: Charge = { status: 'failed', reason: 'declined', fingerprint: 'the-very-card' };
    const gateway = cards.watched({ charge: async () => answer } as unknown as PaymentGateway);
    const pay = async (at: number) => {
      const [reservationId, eventId, account] = [`r-${at}`, 'show', `account-${at}`];
      const request = { ip: `198.51.100.${at}` } as FastifyRequest;
      const token = 'one token';
      const gate = await cards.enter(request, { reservationId, eventId, account, token });
      if (gate.state === 'exhausted') return 'exhausted';
      const about = { eventId, reservationId, attempt: 1 };
      // A repeated answer counts as one decline.
      for (let times = 0; times < 2; times++)
        await gateway.charge({ about, token } as Parameters<PaymentGateway['charge']>[0]);
      gate.leave();
      return gate.price ? 'work' : 'free';
    };
    const seen = [];
    for (let at = 1; at <= 21; at++) seen.push(await pay(at));
    expect(seen).toEqual([...Array(5).fill('free'), ...Array(15).fill('work'), 'exhausted']);
    expect(keys.join()).not.toContain('the-very-card');
    await clock.advance(DECLINES.windowMs);
    expect(await pay(22)).toBe('free');
  });
});

describe('payments of one account in progress', () => {
  /** A provider whose answers are given by the test, and requests that pass the check as soon as they may. */
  const openCounter = () => {
    const answers: (() => void)[] = [];
    const clock = openManualClock(1_000_000);
    const cards = openCardTesting({
      counts: openDeclineCountsInMemory(clock, DECLINES.windowMs),
      hashOf: (text) => text,
      reservationOf: () => undefined,
    });
    const gateway = cards.watched({
      charge: () =>
        new Promise<Charge>((resolve) =>
          answers.push(() => resolve({ status: 'captured', reference: 'py', amount: AMOUNT })),
        ),
      withdraw: async () => undefined,
    } as unknown as PaymentGateway);
    let attempt = 0;
    const requestOf = (reservationId: string, token: string) =>
      ({
        about: { eventId: 'show', reservationId, attempt: ++attempt },
        token,
      }) as Parameters<PaymentGateway['charge']>[0];
    const enter = async (reservationId: string, token: string) => {
      const request = { ip: '10.0.0.1' } as FastifyRequest;
      const asked = { eventId: 'show', reservationId, account: 'ann', token };
      const entering = cards.enter(request, asked);
      const gate = await Promise.race([entering, ticks().then(() => undefined)]);
      return { gate, entering };
    };
    /** Ends every charge, also those that begin meanwhile. */
    const finish = async (waiting: readonly Promise<PaymentGate>[]) => {
      for (const entering of waiting) {
        while (answers.length > 0) answers.pop()!();
        const gate = await entering;
        if (gate.state === 'open') gate.leave();
      }
    };
    return { answers, gateway, requestOf, enter, finish };
  };

  it('are at most twenty, though each hold is paid for with a second card at once', async () => {
    const { gateway, requestOf, enter, finish } = openCounter();
    const waiting: Promise<PaymentGate>[] = [];
    let charges = 0;
    for (let at = 0; at < 50; at++) {
      const first = await enter(`r${at}`, `card-${at}`);
      if (first.gate) {
        charges++;
        void gateway.charge(requestOf(`r${at}`, `card-${at}`));
      } else waiting.push(first.entering);
      // The second card is refused, because the first is being charged.
      const second = await enter(`r${at}`, `other-${at}`);
      if (second.gate?.state === 'open') second.gate.leave();
      else waiting.push(second.entering);
    }
    expect(charges).toBe(DECLINES.most);
    await finish(waiting);
  });

  it('stay in progress after their request, until the provider answers or the charge is withdrawn', async () => {
    const { answers, gateway, requestOf, enter, finish } = openCounter();
    const requests = [];
    for (let at = 0; at < DECLINES.most; at++) {
      const { gate } = await enter(`r${at}`, 'card');
      requests.push(requestOf(`r${at}`, 'card'));
      void gateway.charge(requests[at]!);
      if (gate?.state === 'open') gate.leave();
    }
    const waiting = [await enter('r-20', 'card'), await enter('r-21', 'card')];
    expect(waiting.map(({ gate }) => gate)).toEqual([undefined, undefined]);
    answers.pop()!();
    expect((await waiting[0]!.entering).state).toBe('open');
    await gateway.withdraw(requests[0]!);
    expect((await waiting[1]!.entering).state).toBe('open');
    await finish(waiting.map(({ entering }) => entering));
  });
});
