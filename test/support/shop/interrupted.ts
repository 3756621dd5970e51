import { setTimeout as pause } from 'node:timers/promises';
import { INVENTORY_WRITERS } from '../../../src/commands/shared/tokens.js';
import { EVENT_STORE, PAYMENT_PROVIDER } from '../../../src/ports/shared/tokens.js';
import { openPayments } from '../../../src/commands/payment/payments.js';
import { requestPayment, type ChargingParts } from '../../../src/commands/payment/charging.js';
import { chargeRequest, openSettlement } from '../../../src/commands/payment/settlement.js';
import { openTicketVoids } from '../../../src/commands/ticket/ticket-voids.js';
import { refundIdOf, type PaymentPurpose } from '../../../src/domain/payment/events.js';
import { pendingAttempt } from '../../../src/domain/payment/state.js';
import type { SeatInventoryCommand } from '../../../src/domain/seat-inventory/commands.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { contextOfProcess } from '../../../src/processes/shared/scanning.js';
import type { TestApp } from '../app.js';
import { back, CHEAP, DEAR, id, openScenarios, paid, unpaid, type Scenarios } from './scenarios.js';

/** The sandbox captures `tok_lost` this long after the charge, without a webhook. Milliseconds. */
export const LOST_MS = 300;
/** Longer than the short holds below, with their extension for a payment. Milliseconds. */
const HOLD_OVER_MS = 3_000;

/** The steps of a payment one by one, so that a process can end between any two of them. */
interface Steps {
  /** Records the payment attempt without calling the provider. */
  request(
    eventId: string,
    reservationId: string,
    of: { total: number; exchangeFor?: readonly string[] },
  ): Promise<void>;
  /**
   * Lets the provider take the money without recording the result. Returns the reference of the
   * capture.
   */
  charge(reservationId: string): Promise<string>;
  /** Records only the capture, without the next steps. */
  record(reservationId: string, reference: string): Promise<void>;
  /** The inventory decides; the payment is not updated. */
  decide(eventId: string, command: SeatInventoryCommand): Promise<void>;
  oweRefund(reservationId: string): Promise<void>;
}

const context = () => contextOfProcess('payment-settlement', systemRandomness);

function openSteps({ get }: TestApp, customerOf: (reservationId: string) => string): Steps {
  const eventStore = get(EVENT_STORE);
  const writers = get(INVENTORY_WRITERS);
  const gateway = get(PAYMENT_PROVIDER);
  const payments = openPayments(eventStore, systemClock, systemRandomness);
  const voids = openTicketVoids({ eventStore, writers, clock: systemClock });
  const settlement = openSettlement({ payments, writers, voids, gateway, clock: systemClock });
  const charging: ChargingParts = { payments, settlement, gateway, clock: systemClock };
  const now = () => systemClock.now();
  return {
    request: async (eventId, reservationId, { total, exchangeFor }) => {
      if (!exchangeFor) {
        const start = {
          type: 'StartPayment',
          reservationId,
          customerId: null,
          now: now(),
        } as const;
        await writers.execute(eventId, start, context());
      }
      const purpose: PaymentPurpose = exchangeFor
        ? { type: 'exchange', seatIds: exchangeFor }
        : { type: 'reservation' };
      const customerId = customerOf(reservationId);
      const amount = { amountMinor: total, currency: 'EUR' };
      const wanted = { reservationId, eventId, customerId, token: 'tok_lost', amount, purpose };
      const holdExpiresAt = new Date(now() + 2_000).toISOString();
      const requested = await requestPayment(charging, { ...wanted, holdExpiresAt }, context());
      if (!requested.accepted) throw new Error(`Not requested: ${requested.rejection.code}`);
    },
    charge: async (reservationId) => {
      const payment = (await payments.load(reservationId))!;
      const request = chargeRequest(payment, pendingAttempt(payment)!);
      await gateway.charge(request);
      await pause(2 * LOST_MS);
      const charge = await gateway.find(request);
      if (charge?.status !== 'captured') throw new Error(`Not captured: ${JSON.stringify(charge)}`);
      return charge.reference;
    },
    record: async (reservationId, reference) => {
      const { number: attempt, amount } = pendingAttempt(await payments.load(reservationId))!;
      const heard = { heardBy: 'answer', noticeId: null, now: now() } as const;
      const capture = { type: 'RecordCapture', attempt, reference, amount, ...heard } as const;
      await payments.write(reservationId, [capture], context());
    },
    decide: async (eventId, command) => {
      const outcome = await writers.execute(eventId, command, context());
      if (!outcome.accepted) throw new Error(`${command.type}: ${outcome.rejection.code}`);
    },
    oweRefund: async (reservationId) => {
      const { captures } = (await payments.load(reservationId))!;
      const reference = captures.find(({ kept }) => kept)!.reference;
      const refundId = refundIdOf(reservationId, reference, 'undone');
      const reason = 'refunded-by-organizer' as const;
      const owed = { type: 'OweRefund', refundId, reference, reason, now: now() } as const;
      await payments.write(reservationId, [owed], context());
    },
  };
}

/** All work in progress when the process ends. The background processes of the app must not run. */
export async function playInterrupted(app: TestApp, venueId: string) {
  const scenarios = await openScenarios(app, venueId);
  const steps = openSteps(app, scenarios.customerOf);
  const eventId = await scenarios.schedule({ name: 'Under way' });
  await playPayments(scenarios, steps, eventId);
  await playUndone(scenarios, steps, eventId);
  await playExchangesUnderWay(scenarios, steps, eventId);
  await playSeatsLost(scenarios, steps);
  const canceled = await playCanceling(scenarios, steps);
  return { expected: scenarios.expected, canceled };
}

async function playPayments(scenarios: Scenarios, steps: Steps, eventId: string): Promise<void> {
  const { hold, expect, post, app } = scenarios;
  const held = await hold(eventId, 'pia', ['C-1', 'C-2']);
  expect({ scenario: 'open hold', ...unpaid('expired', eventId, held, 'C-1', 'C-2') });

  const start = async (seatId: string) => {
    const reservationId = await hold(eventId, `buyer-${seatId}`, [seatId]);
    await steps.request(eventId, reservationId, { total: DEAR });
    return reservationId;
  };
  const sold = (scenario: string, reservationId: string, seatId: string) =>
    expect({ scenario, status: 'confirmed', ...id(eventId, reservationId), ...paid(seatId) });

  const requested = await start('A-1');
  expect({ scenario: 'requested, never charged', ...unpaid('expired', eventId, requested, 'A-1') });

  const inFlight = await start('A-2');
  await steps.charge(inFlight);
  sold('captured, unknown to us', inFlight, 'A-2');

  const decided = await start('A-3');
  const paymentReference = await steps.charge(decided);
  const settle = {
    type: 'SettlePayment',
    reservationId: decided,
    customerId: null,
    paymentReference,
  } as const;
  await steps.decide(eventId, { ...settle, now: Date.now() });
  sold('seats sold, money not written down', decided, 'A-3');

  const undecided = await start('A-4');
  await steps.record(undecided, await steps.charge(undecided));
  sold('captured and undecided', undecided, 'A-4');

  const slow = await hold(eventId, 'slow-buyer', ['A-5']);
  const token = await app.token('slow-buyer', 'customer');
  const confirm = `/v1/events/${eventId}/reservations/${slow}/confirm`;
  await post(confirm, 202, token, { payment: { token: 'tok_slow' } });
  sold('charged, not captured yet', slow, 'A-5');
}

async function playUndone(
  { sell, expect }: Scenarios,
  steps: Steps,
  eventId: string,
): Promise<void> {
  const undo = (reservationId: string) => {
    const reason = 'refunded-by-organizer' as const;
    const refund = { type: 'RefundReservation', reservationId, customerId: null, reason } as const;
    return steps.decide(eventId, { ...refund, now: Date.now() });
  };
  const owed = await sell(eventId, 'quentin', ['B-1', 'B-2']);
  await undo(owed);
  await steps.oweRefund(owed);
  expect({ ...back(eventId, owed, 'B-1', 'B-2'), scenario: 'refund owed' });
  const undone = await sell(eventId, 'rosa', ['B-3']);
  await undo(undone);
  expect({ ...back(eventId, undone, 'B-3'), scenario: 'undone, refund not owed yet' });
}

async function playExchangesUnderWay(
  scenarios: Scenarios,
  steps: Steps,
  eventId: string,
): Promise<void> {
  const { sell, expect } = scenarios;
  const confirmed = (scenario: string, reservationId: string, seatId: string) =>
    expect({ scenario, status: 'confirmed', ...id(eventId, reservationId), ...paid(seatId) });

  const cheaper = await sell(eventId, 'sara', ['A-6']);
  const exchange = { type: 'ExchangeSeats', reservationId: cheaper, customerId: null } as const;
  await steps.decide(eventId, { ...exchange, seatIds: ['C-4'], now: Date.now() });
  confirmed('exchanged for a cheaper seat, difference not owed yet', cheaper, 'C-4');

  const difference = DEAR - CHEAP;
  const dearer = await sell(eventId, 'tom', ['C-5']);
  await steps.request(eventId, dearer, { total: difference, exchangeFor: ['A-7'] });
  await steps.charge(dearer);
  confirmed('exchanged for a dearer seat, difference captured', dearer, 'A-7');

  const refused = await sell(eventId, 'uma', ['C-6']);
  await steps.request(eventId, refused, { total: difference, exchangeFor: ['A-8'] });
  await steps.charge(refused);
  const other = await sell(eventId, 'vera', ['A-8']);
  confirmed('sold while another buyer exchanged', other, 'A-8');
  confirmed('exchange paid for, seat sold meanwhile', refused, 'C-6');
}

/** A payment in flight for a hold that is over and whose seat another buyer has. */
async function playSeatsLost(
  { schedule, hold, sell, expect }: Scenarios,
  steps: Steps,
): Promise<void> {
  const eventId = await schedule({ name: 'Seats lost', holdSeconds: 1 });
  const late = await hold(eventId, 'walter', ['A-1']);
  await steps.request(eventId, late, { total: DEAR });
  await steps.charge(late);
  await pause(HOLD_OVER_MS);
  const other = await sell(eventId, 'xenia', ['A-1']);
  expect({
    scenario: 'sold after a hold with a payment',
    status: 'confirmed',
    ...id(eventId, other),
    ...paid('A-1'),
  });
  expect({ scenario: 'seats lost', ...unpaid('expired', eventId, late, 'A-1') });
}

async function playCanceling(scenarios: Scenarios, steps: Steps): Promise<string> {
  const { schedule, hold, sell, expect, post, organizer } = scenarios;
  const eventId = await schedule({ name: 'Canceled, not paid back yet' });
  const sold = await sell(eventId, 'yara', ['A-1', 'A-2']);
  expect({ ...back(eventId, sold, 'A-1', 'A-2'), scenario: 'sold, canceled since' });
  const held = await hold(eventId, 'zoe', ['B-1']);
  expect({ scenario: 'held, canceled since', ...unpaid('ended', eventId, held, 'B-1') });
  const paying = await hold(eventId, 'zoe', ['B-2']);
  await steps.request(eventId, paying, { total: CHEAP });
  await steps.charge(paying);
  expect({ scenario: 'paying, canceled since', ...unpaid('ended', eventId, paying, 'B-2') });
  await post(`/v1/events/${eventId}/cancel`, 202, organizer, { reason: 'the house is flooded' });
  return eventId;
}
