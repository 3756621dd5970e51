import type { FastifyRequest } from 'fastify';
import { openDeclineCountsInMemory } from '../../../src/adapters/abuse/decline-counts.js';
import { DECLINES, openCardTesting } from '../../../src/http/abuse/card-testing.js';
import type { Charge, PaymentGateway } from '../../../src/ports/payment/payment-gateway.js';
import { openManualClock } from '../../support/manual-clock.js';

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
