import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openPayments, type Payments } from '../../../src/commands/payment/payments.js';
import { openSettlement } from '../../../src/commands/payment/settlement.js';
import { OutcomeUnknown } from '../../../src/commands/shared/append-once.js';
import type { CommandContext } from '../../../src/commands/shared/context.js';
import { openTicketVoids } from '../../../src/commands/ticket/ticket-voids.js';
import type { PaymentCommand } from '../../../src/domain/payment/commands.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import { openRefunds } from '../../../src/domain/payment/state.js';
import type { Clock } from '../../../src/ports/system/clock.js';
import { AmbiguousAppend, type EventStore } from '../../../src/ports/event-store/event-store.js';
import type { PaymentGateway } from '../../../src/ports/payment/payment-gateway.js';
import { readAll } from '../../support/log/domain-events.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type ShopNode,
  type WriteSide,
} from '../../support/write-side.js';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const amount = { amountMinor: 5_000, currency: 'EUR' };

/** Sleeps take no time, but the clock moves on by their length. */
function openPatientClock(): Clock {
  let now = NOW;
  return {
    ...systemClock,
    now: () => now,
    sleep: async (ms) => void (now += ms),
  };
}

/**
 * An event store whose append of one refund stays unanswered, and is carried out just before the
 * next append.
 */
function openLateStore() {
  let late: (() => Promise<unknown>) | undefined;
  const isLate = { refundId: '' };
  const through = (store: EventStore): EventStore => ({
    ...store,
    append: async (stream, expected, events) => {
      const { refundId } = events[0]!.data as { refundId?: string };
      if (events[0]!.type === 'RefundCompleted' && refundId === isLate.refundId) {
        late = () => store.append(stream, expected, events);
        throw new AmbiguousAppend(stream);
      }
      isLate.refundId = '';
      await late?.();
      late = undefined;
      return store.append(stream, expected, events);
    },
  });
  return { through, delay: (refundId: string) => void (isLate.refundId = refundId) };
}

/**
 * A sale paid for twice, by purchase and by exchange, of which both payments are owed back as
 * refunds A and B.
 */
const paidTwice = (reservationId: string): PaymentCommand[] => [
  ...[1, 2].flatMap((attempt): PaymentCommand[] => [
    {
      type: 'RequestPayment',
      ...{ reservationId, eventId: 'event-1', customerId: 'ann', provider: 'test' },
      ...{ token: 'tok', amount, purpose: { type: 'exchange', seatIds: [`A${attempt}`] } },
      holdExpiresAt: new Date(NOW).toISOString(),
      now: NOW,
    },
    {
      type: 'RecordCapture',
      ...{ attempt, reference: `py_${attempt}`, amount, heardBy: 'answer', noticeId: null },
      now: NOW,
    },
    { type: 'KeepPayment', reference: `py_${attempt}`, now: NOW },
  ]),
  ...(['A', 'B'] as const).map((refundId, at): PaymentCommand => ({
    type: 'OweRefund',
    ...{ refundId, reference: `py_${at + 1}`, reason: 'refunded-by-organizer', now: NOW },
  })),
];

describe.each(LOGS)('An append that lands after its caller has given up, over %s', (logName) => {
  let side: WriteSide;
  let store: ReturnType<typeof openLateStore>;
  let node: ShopNode;
  let clock: Clock;
  let payments: Payments;
  beforeAll(async () => {
    side = await openWriteSide(logName);
    store = openLateStore();
    clock = openPatientClock();
    node = side.openNode({ through: store.through });
    payments = openPayments(node.eventStore, clock, systemRandomness);
  });
  afterAll(() => side.close());

  const completedIn = async (reservationId: string) =>
    (await readAll(node.eventStore.readStream(paymentStream(reservationId))))
      .filter(({ type }) => type === 'RefundCompleted')
      .map(({ data }) => (data as { refundId: string }).refundId);
  const complete = (reservationId: string, refundId: string, context: CommandContext) =>
    payments.write(
      reservationId,
      [
        {
          type: 'RecordRefund',
          ...{ refundId, try: 1, now: NOW },
          outcome: { status: 'succeeded', refundReference: `re_${refundId}` },
        },
      ],
      context,
    );

  it('is not taken for another refund that the same command records', async () => {
    await payments.write('r1', paidTwice('r1'), newContext());
    store.delay('A');
    const context = newContext();
    await expect(complete('r1', 'A', context)).rejects.toThrow(OutcomeUnknown);
    expect(await complete('r1', 'B', context)).toMatchObject({ accepted: true });
    expect(await completedIn('r1')).toEqual(['A', 'B']);
    expect(openRefunds(await payments.load('r1'))).toEqual([]);
  });

  it(
    'ends the settlement of its payment, so that the next one sees what it has ' + 'written',
    async () => {
      await payments.write('r2', paidTwice('r2'), newContext());
      const asked: string[] = [];
      const gateway = {
        refund: async ({ idempotencyKey }: { idempotencyKey: string }) => {
          asked.push(idempotencyKey);
          return { status: 'succeeded', refundReference: `re_${idempotencyKey}` } as const;
        },
      } as unknown as PaymentGateway;
      const { writers, eventStore } = node;
      const voids = openTicketVoids({ eventStore, writers, clock });
      const settlement = openSettlement({ payments, writers, voids, gateway, clock });
      store.delay('A');
      await expect(settlement.advance('r2', 0, newContext())).rejects.toThrow(OutcomeUnknown);
      expect(asked).toEqual(['A']);
      store.delay('');
      await settlement.advance('r2', 0, newContext());
      expect(await completedIn('r2')).toEqual(['A', 'B']);
    },
  );
});
