import { randomBytes } from 'node:crypto';
import {
  openSandboxGateway,
  type SandboxGateway,
} from '../../../src/demo/payment-sandbox/sandbox-gateway.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openPayments, type Payments } from '../../../src/commands/payment/payments.js';
import { openSettlement, type Settlement } from '../../../src/commands/payment/settlement.js';
import { openTicketVoids } from '../../../src/commands/ticket/ticket-voids.js';
import { isSettled, type Payment } from '../../../src/domain/payment/state.js';
import { chargeKeyOf, type PaymentPurpose } from '../../../src/domain/payment/events.js';
import { exchange, refund, reserve } from '../../support/seat-inventory/commands.js';
import { rules } from '../../support/seat-inventory/rules.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../../support/write-side.js';

/** A node as far as it settles payments. */
interface Settler {
  readonly node: ShopNode;
  readonly payments: Payments;
  readonly settlement: Settlement;
}

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
/** Longer than any test: nothing is given up. */
const holdExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
const SALES = 20;
let made = 0;

describe.each(LOGS)('Two nodes settle exchanges at once, over %s', (logName) => {
  let side: WriteSide;
  let gateway: SandboxGateway;
  let nodes: Settler[];

  beforeAll(async () => {
    side = await openWriteSide(logName);
    gateway = await openSandboxGateway({
      clock: systemClock,
      webhookSecrets: [randomBytes(32).toString('hex')],
    });
    nodes = Array.from({ length: 2 }, () => {
      const node = side.openNode();
      const payments = openPayments(node.eventStore, systemClock, systemRandomness);
      const { writers, eventStore } = node;
      const voids = openTicketVoids({ eventStore, writers, clock: systemClock });
      return {
        node,
        payments,
        settlement: openSettlement({ payments, writers, voids, gateway, clock: systemClock }),
      };
    });
  });
  afterAll(async () => {
    await gateway.close();
    await side.close();
  });

  /** Charged and taken by the provider; nobody of us has heard of it yet. */
  const charge = async (sale: Sale, id: string, cents: number, purpose: PaymentPurpose) => {
    const asked = { token: 'tok_success', amount: euros(cents), holdExpiresAt };
    const written = await nodes[0]!.payments.write(
      id,
      [
        {
          type: 'RequestPayment',
          ...{
            eventId: sale.eventId,
            reservationId: id,
            customerId: id,
            provider: 'sandbox',
            ...asked,
          },
          ...{
            purpose,
            now: systemClock.now(),
          },
        },
      ],
      newContext(),
    );
    if (!written.accepted) throw new Error(written.rejection.code);
    const attempt = written.payment!.attempts.length;
    const about = { eventId: sale.eventId, reservationId: id, attempt };
    const taken = await gateway.charge({
      ...{ idempotencyKey: chargeKeyOf(id, attempt), about, ...asked },
      requestedAt: new Date().toISOString(),
    });
    return { payment: written.payment!, attempt, taken };
  };
  const sell = async (sale: Sale, id: string, seatId: string) => {
    const held = await sale.ask(
      nodes[0]!.node,
      reserve([seatId], { as: id, by: id, at: Date.now() }),
    );
    if (!held.accepted) throw new Error(held.rejection.code);
    const { payment, attempt, taken } = await charge(sale, id, 5_000, { type: 'reservation' });
    const heard = { by: 'answer', noticeId: null } as const;
    await nodes[0]!.settlement.recordCharge(payment, attempt, taken, heard, newContext());
  };
  const advance = ({ settlement }: Settler, id: string) =>
    settlement.advance(id, Date.now() + 1_000, newContext());
  const keptOf = (payment: Payment) =>
    payment!.captures.reduce((sum, { amount, dueBack }) => sum + amount.amountMinor - dueBack, 0);
  const times = async (sale: Sale, type: string, id: string) =>
    (await sale.log()).filter(
      (event) =>
        event.type === type && (event.data as { reservationId: string }).reservationId === id,
    ).length;

  it(
    'nothing is paid back, nor sold, before the inventory has decided; the money is ' +
      'in the books as open',
    async () => {
      const sale = await side.openSale();
      const { settlement, payments } = nodes[0]!;
      const { payment, attempt, taken } = await charge(sale, 'not-in-this-sale', 5_000, {
        type: 'reservation',
      });
      const heard = { by: 'answer', noticeId: null } as const;
      await settlement.recordCharge(payment, attempt, taken, heard, newContext());
      await settlement.advance('not-in-this-sale', Date.now(), newContext());
      const after = (await payments.load('not-in-this-sale'))!;
      expect(after.captures).toMatchObject([{ kept: false, dueBack: 0 }]);
      expect(after.refunds).toEqual([]);
    },
  );

  it(
    'one payment for dearer seats buys them or is paid back, however many hear of ' + 'it',
    async () => {
      const outcomes = { exchanged: 0, refused: 0 };
      for (let round = 0; round < SALES; round++) {
        const sale = await side.openSale({ prices: rules.prices });
        const [id, rival] = [`r${made++}`, `rival${made}`];
        await sell(sale, id, 'A1');
        const purpose = { type: 'exchange', seatIds: ['A2', 'C1'] } as const;
        const { payment, attempt, taken } = await charge(sale, id, 3_000, purpose);
        const tell = ({ settlement }: Settler, by: 'answer' | 'notice') =>
          settlement.recordCharge(payment, attempt, taken, { by, noticeId: null }, newContext());
        await Promise.all([
          ...(round % 2 === 0
            ? []
            : [
                sale.ask(nodes[1]!.node, reserve(['C1'], { as: rival, by: rival, at: Date.now() })),
              ]),
          tell(nodes[0]!, 'answer'),
          tell(nodes[1]!, 'notice'),
          ...nodes.map((node) => advance(node, id)),
        ]);
        const settled = await advance(nodes[1]!, id);
        const exchanges = await times(sale, 'SeatsExchanged', id);
        expect(exchanges + (await times(sale, 'PaymentTurnedDown', id))).toBe(1);
        expect({ settled: isSettled(settled), kept: keptOf(settled) }).toEqual({
          settled: true,
          kept: exchanges === 1 ? 8_000 : 5_000,
        });
        outcomes[exchanges === 1 ? 'exchanged' : 'refused']++;
      }
      expect(outcomes.exchanged).toBeGreaterThanOrEqual(SALES / 2);
    },
  );

  it(
    'what cheaper seats leave over is paid back once, when the process that ' +
      'exchanged them has died',
    async () => {
      for (let round = 0; round < SALES; round++) {
        const sale = await side.openSale({ prices: rules.prices });
        const id = `r${made++}`;
        await sell(sale, id, 'A1');
        const exchanged = await sale.ask(
          nodes[0]!.node,
          exchange(id, ['C1'], { by: null, at: Date.now() }),
        );
        expect(exchanged.accepted).toBe(true);
        await Promise.all([0, 1, 0, 1].map((at) => advance(nodes[at]!, id)));
        const settled = await advance(nodes[0]!, id);
        expect(settled!.refunds).toMatchObject([{ amount: euros(2_000), reason: 'exchange' }]);
        expect({ settled: isSettled(settled), kept: keptOf(settled) }).toEqual({
          settled: true,
          kept: 3_000,
        });
      }
    },
  );

  it('exchanges to and fro owe each difference once, and a refund all the rest', async () => {
    const sale = await side.openSale({ prices: rules.prices });
    const id = `r${made++}`;
    await sell(sale, id, 'A1');
    for (const [seats, paid] of [
      [['C1'], 0],
      [['A2'], 2_000],
      [['C2'], 0],
      [['A3', 'C3'], 5_000],
    ] as const) {
      if (paid === 0)
        await sale.ask(nodes[0]!.node, exchange(id, seats, { by: null, at: Date.now() }));
      else {
        const { payment, attempt, taken } = await charge(sale, id, paid, {
          type: 'exchange',
          seatIds: seats,
        });
        const heard = { by: 'answer', noticeId: null } as const;
        await nodes[0]!.settlement.recordCharge(payment, attempt, taken, heard, newContext());
      }
    }
    await Promise.all(nodes.map((node) => advance(node, id)));
    expect(keptOf(await advance(nodes[0]!, id))).toBe(8_000);
    await sale.ask(nodes[1]!.node, refund(id, { by: null, at: Date.now() }));
    await Promise.all(nodes.map((node) => advance(node, id)));
    const settled = await advance(nodes[0]!, id);
    expect({ settled: isSettled(settled), kept: keptOf(settled) }).toEqual({
      settled: true,
      kept: 0,
    });
  });
});
