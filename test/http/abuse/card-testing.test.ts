import { openDeclineCountsInMemory } from '../../../src/adapters/abuse/decline-counts.js';
import { CardTesting, DECLINES, type CardCheck } from '../../../src/http/abuse/card-testing.js';
import type { Charge, PaymentGateway } from '../../../src/ports/payment/payment-gateway.js';
import { openManualClock } from '../../support/manual-clock.js';

const AMOUNT = { amountMinor: 5_000, currency: 'EUR' };
/** Waits until all promises that depend on no timer have settled. */
const ticks = async () => {
  for (let at = 0; at < 5; at++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a card with a fingerprint', () => {
  it('is counted across accounts, addresses and holds, hashed, for ten minutes', async () => {
    const clock = openManualClock(1_000_000);
    const counts = openDeclineCountsInMemory(clock, DECLINES.windowMs);
    const keys: string[] = [];
    const cards = new CardTesting({
      counts: { ...counts, add: (added) => (keys.push(...added), counts.add(added)) },
      hashOf: (text) => `hash of ${text.length}`,
      reservationOf: () => undefined,
    });
    const answer: Charge = { status: 'failed', reason: 'declined', fingerprint: 'the-very-card' };
    const gateway = cards.countOutcomesOf({
      charge: async () => answer,
    } as unknown as PaymentGateway);
    const pay = async (at: number) => {
      const [reservationId, eventId, account] = [`r-${at}`, 'show', `account-${at}`];
      const [address, token] = [`198.51.100.${at}`, 'one token'];
      const check = await cards.check({ reservationId, eventId, account, token, address });
      if (check.state === 'exhausted') return 'exhausted';
      const about = { eventId, reservationId, attempt: 1 };
      // A repeated answer counts as one decline.
      for (let times = 0; times < 2; times++)
        await gateway.charge({ about, token } as Parameters<PaymentGateway['charge']>[0]);
      check.end();
      return check.price ? 'work' : 'free';
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
  /** Opens a check of cards with a payment provider whose answers the test gives. */
  const openCounter = () => {
    const answers: (() => void)[] = [];
    const clock = openManualClock(1_000_000);
    const cards = new CardTesting({
      counts: openDeclineCountsInMemory(clock, DECLINES.windowMs),
      hashOf: (text) => text,
      reservationOf: () => undefined,
    });
    const gateway = cards.countOutcomesOf({
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
    /** Starts a check; `check` is undefined if it waits for other payments. */
    const start = async (reservationId: string, token: string) => {
      const payment = { eventId: 'show', reservationId, account: 'ann', token };
      const checking = cards.check({ ...payment, address: '10.0.0.1' });
      const check = await Promise.race([checking, ticks().then(() => undefined)]);
      return { check, checking };
    };
    /** Ends every charge, also those that begin meanwhile. */
    const finish = async (waiting: readonly Promise<CardCheck>[]) => {
      for (const checking of waiting) {
        while (answers.length > 0) answers.pop()!();
        const check = await checking;
        if (check.state === 'admitted') check.end();
      }
    };
    return { answers, gateway, requestOf, start, finish };
  };

  it(
    'are at most twenty, even if each hold is ' + 'paid for with a second card at the same time',
    async () => {
      const { gateway, requestOf, start, finish } = openCounter();
      const waiting: Promise<CardCheck>[] = [];
      let charges = 0;
      for (let at = 0; at < 50; at++) {
        const first = await start(`r${at}`, `card-${at}`);
        if (first.check) {
          charges++;
          void gateway.charge(requestOf(`r${at}`, `card-${at}`));
        } else waiting.push(first.checking);
        // The second card is rejected, because the first is being charged.
        const second = await start(`r${at}`, `other-${at}`);
        if (second.check?.state === 'admitted') second.check.end();
        else waiting.push(second.checking);
      }
      expect(charges).toBe(DECLINES.most);
      await finish(waiting);
    },
  );

  it(
    'stay in progress after their request, until the provider answers or the charge is ' +
      'withdrawn',
    async () => {
      const { answers, gateway, requestOf, start, finish } = openCounter();
      const requests = [];
      for (let at = 0; at < DECLINES.most; at++) {
        const { check } = await start(`r${at}`, 'card');
        requests.push(requestOf(`r${at}`, 'card'));
        void gateway.charge(requests[at]!);
        if (check?.state === 'admitted') check.end();
      }
      const waiting = [await start('r-20', 'card'), await start('r-21', 'card')];
      expect(waiting.map(({ check }) => check)).toEqual([undefined, undefined]);
      answers.pop()!();
      expect((await waiting[0]!.checking).state).toBe('admitted');
      await gateway.withdraw(requests[0]!);
      expect((await waiting[1]!.checking).state).toBe('admitted');
      await finish(waiting.map(({ checking }) => checking));
    },
  );
});
