import { randomBytes } from 'node:crypto';
import { signNotice, SIGNATURE_HEADER } from '../../../src/adapters/payment/webhook-signature.js';
import {
  openSandboxGateway,
  type SandboxGateway,
} from '../../../src/demo/payment-sandbox/sandbox-gateway.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { openPayments, type Payments } from '../../../src/commands/payment/payments.js';
import {
  RecordPaymentNoticeCommand,
  RecordPaymentNoticeHandler,
} from '../../../src/commands/payment/record-payment-notice.js';
import { chargeKeyOf } from '../../../src/domain/payment/events.js';
import { openSettlement, type Settlement } from '../../../src/commands/payment/settlement.js';
import { openTicketVoids } from '../../../src/commands/ticket/ticket-voids.js';
import { isSettled } from '../../../src/domain/payment/state.js';
import { NOTICE_TOLERANCE_SECONDS } from '../../../src/ports/payment/payment-gateway.js';
import { drawPlan } from '../../support/seat-inventory/drawn-plan.js';
import { expire, reserve, startPayment } from '../../support/seat-inventory/commands.js';
import { HOLD_SECONDS, secondsAfterNoon } from '../../support/seat-inventory/rules.js';
import {
  LOGS,
  newContext,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../../support/write-side.js';

const MESSAGES = [
  'success',
  'its duplicate',
  'hold expiry',
  'late success',
  'forged',
  'from the future',
] as const;
type Message = (typeof MESSAGES)[number];

const orders = permutations(MESSAGES);
/** A seat for each order. */
const { plan, layout } = drawPlan([Array.from({ length: 18 }, () => '.'.repeat(40))]);
const PRICE = { amountMinor: 5_000, currency: 'EUR' };
const secret = randomBytes(32).toString('hex');
const longAfter = secondsAfterNoon(HOLD_SECONDS * 10);

describe.each(LOGS)('All 720 orders of six messages about one payment, over %s', (logName) => {
  let side: WriteSide;
  let node: ShopNode;
  let payments: Payments;
  let gateway: SandboxGateway;
  let settlement: Settlement;
  let notices: RecordPaymentNoticeHandler;

  beforeAll(async () => {
    side = await openWriteSide(logName);
    node = side.openNode();
    gateway = await openSandboxGateway({
      clock: systemClock,
      webhookSecrets: [secret],
      waits: { lostMs: 0 },
    });
    payments = openPayments(node.eventStore, systemClock, systemRandomness);
    const { writers, eventStore } = node;
    const voids = openTicketVoids({ eventStore, writers, clock: systemClock });
    settlement = openSettlement({ payments, writers, voids, gateway, clock: systemClock });
    notices = new RecordPaymentNoticeHandler(payments, settlement, gateway);
  });
  afterAll(async () => {
    await gateway.close();
    await side.close();
  });

  /**
   * A hold whose charge the provider has taken, and nobody has told us. Gives the provider's name
   * for it.
   */
  const holdAndCharge = async (sale: Sale, id: string, seatId: string): Promise<string> => {
    const by = `buyer of ${id}`;
    await sale.ask(node, reserve([seatId], { as: id, by }));
    await sale.ask(node, startPayment(id, { by }));
    const about = { eventId: sale.eventId, reservationId: id, attempt: 1 };
    const holdExpiresAt = new Date(longAfter).toISOString();
    const idempotencyKey = chargeKeyOf(id, 1);
    const asked = { token: 'tok_lost', amount: PRICE, holdExpiresAt };
    await payments.write(
      id,
      [
        {
          type: 'RequestPayment',
          ...{
            eventId: sale.eventId,
            reservationId: id,
            customerId: by,
            provider: 'sandbox',
            ...asked,
          },
          purpose: { type: 'reservation' },
          now: systemClock.now(),
        },
      ],
      newContext(),
    );
    const request = { idempotencyKey, about, ...asked, requestedAt: new Date().toISOString() };
    await gateway.charge(request);
    const charge = await gateway.find(request);
    if (charge?.status !== 'captured') throw new Error(`The provider says ${charge?.status}.`);
    return charge.reference;
  };

  const tell = async (body: string, signature: string): Promise<void> => {
    const headers = { [SIGNATURE_HEADER]: signature };
    const notice = gateway.readNotice(Buffer.from(body), headers, systemClock.now());
    const outcome = await notices.execute(new RecordPaymentNoticeCommand(notice, newContext()));
    if (!outcome.accepted) throw new Error(outcome.problem);
  };

  /** The effect of each message; `onExpiry` happens right after the hold's end. */
  const messagesOf = (
    sale: Sale,
    id: string,
    reference: string,
    onExpiry: () => Promise<unknown>,
  ) => {
    const bodyOf = (noticeId: string) =>
      JSON.stringify({
        id: noticeId,
        type: 'charge.captured',
        createdAt: new Date(longAfter).toISOString(),
        data: {
          idempotencyKey: chargeKeyOf(id, 1),
          reference,
          amount: PRICE,
          about: { eventId: sale.eventId, reservationId: id, attempt: 1 },
        },
      });
    const now = systemClock.now();
    const first = bodyOf(`notice-1-${id}`);
    const signature = signNotice(first, secret, now);
    const later = now + (NOTICE_TOLERANCE_SECONDS + 60) * 1_000;
    const messages: Record<Message, () => Promise<unknown>> = {
      success: () => tell(first, signature),
      'its duplicate': () => tell(first, signature),
      'late success': () =>
        tell(bodyOf(`notice-2-${id}`), signNotice(bodyOf(`notice-2-${id}`), secret, now)),
      'hold expiry': async () => {
        await sale.ask(node, expire([id], longAfter));
        await onExpiry();
      },
      forged: () =>
        expect(tell(first, signNotice(first, 'not the secret', now))).rejects.toMatchObject({
          code: 'webhook-signature-invalid',
        }),
      'from the future': () =>
        expect(tell(first, signNotice(first, secret, later))).rejects.toMatchObject({
          code: 'webhook-timestamp-out-of-tolerance',
        }),
    };
    return messages;
  };

  it.each([
    ['the seat stays free', false],
    ['somebody else takes the seat at once', true],
  ])('ends with captured = confirmed + refunded, when after the hold %s', async (_, isTaken) => {
    const sale = await side.openSale({ maxSeatsPerCustomer: 1 }, plan);
    const nameOf = (at: number) => `${sale.eventId.slice(0, 8)}-${at}`;
    const play = async (order: readonly Message[], at: number) => {
      const [id, seatId] = [nameOf(at), layout.seatIds[at]!];
      const reference = await holdAndCharge(sale, id, seatId);
      const other = reserve([seatId], { as: `other ${id}`, by: `other ${id}`, at: longAfter });
      const messages = messagesOf(sale, id, reference, () =>
        isTaken ? sale.ask(node, other) : Promise.resolve(),
      );
      for (const message of order) await messages[message]();
      await settlement.advance(id, systemClock.now(), newContext());
      return payments.load(id);
    };
    const ended = await atOnce(32, orders, play);

    const log = await sale.log();
    const times = (type: string, id: string) =>
      log.filter(
        (event) =>
          event.type === type && (event.data as { reservationId: string }).reservationId === id,
      ).length;
    const sums = { captured: 0, confirmed: 0, refunded: 0 };
    for (const [at, payment] of ended.entries()) {
      const id = nameOf(at);
      const confirmations = times('ReservationConfirmed', id);
      const refunds = payment!.refunds.filter(({ status }) => status === 'completed');
      expect({ order: orders[at], settled: isSettled(payment) }).toEqual({
        order: orders[at],
        settled: true,
      });
      expect(payment!.captures).toHaveLength(1);
      expect(confirmations + refunds.length).toBe(1);
      sums.captured += PRICE.amountMinor;
      sums.confirmed += confirmations * PRICE.amountMinor;
      sums.refunded += refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
    }
    expect(sums.captured).toBe(sums.confirmed + sums.refunded);
    // Of all orders, half have the first success before the hold's end when three of the messages
    // bring one: three in four.
    expect(sums.refunded).toBe(isTaken ? (orders.length / 4) * PRICE.amountMinor : 0);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

async function atOnce<T, R>(
  workers: number,
  items: readonly T[],
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const next = items.entries();
  const worker = async () => {
    for (const [at, item] of next) results[at] = await work(item, at);
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
