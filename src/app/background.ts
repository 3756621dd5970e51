import type { LoggerService } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { systemClock } from '../adapters/system/clock.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import type { Parts, Waits } from './boxoffice.js';
import { startEventCancellation } from '../processes/event/event-cancellation.js';
import { startHoldExpiry } from '../processes/seat-inventory/hold-expiry.js';
import { startPaymentSettlement } from '../processes/payment/payment-settlement.js';
import { startTicketVoids } from '../processes/ticket/ticket-voids.js';
import { cancellationQueries } from '../read-models/event/cancellations-queries.js';
import { paymentQueries } from '../read-models/payment/payments-queries.js';
import { reservationQueries } from '../read-models/seat-inventory/reservations-queries.js';
import { ticketVoidQueries } from '../read-models/ticket/ticket-voids.js';

/** Starts the background processes of the shop. Returns a function that stops them. */
export function startProcesses(
  app: NestFastifyApplication,
  { pool, turns, guard }: Parts,
  logger: LoggerService,
  { scanMs, settlement: settlementWaits }: Waits,
): () => Promise<void> {
  const bus = app.get(CommandBus);
  // While the log is replaced nothing can be appended, so the background processes skip their work.
  const inTurn = (name: string) => async (work: () => Promise<void>) =>
    guard.isReplaced() ? false : turns.withAdvisoryLock(name, work);
  const common = {
    scanMs,
    clock: systemClock,
    randomness: systemRandomness,
    log: (message: string) => void logger.warn(message),
  };
  const expiry = startHoldExpiry({
    ...common,
    overdueHolds: reservationQueries(pool).overdueHolds,
    inTurn: inTurn('hold-expiry'),
    execute: (command) => bus.execute(command),
  });
  const settlement = startPaymentSettlement({
    ...common,
    waits: settlementWaits,
    openPayments: paymentQueries(pool).open,
    inTurn: inTurn('payment-settlement'),
    execute: (command) => bus.execute(command),
  });
  const cancellation = startEventCancellation({
    ...common,
    unfinished: cancellationQueries(pool).unfinished,
    inTurn: inTurn('event-cancellation'),
    undoSales: (command) => bus.execute(command),
    finish: (command) => bus.execute(command),
  });
  const voids = startTicketVoids({
    ...common,
    uncertain: ticketVoidQueries(pool),
    isLogReplaced: () => guard.isReplaced(),
    lift: (command) => bus.execute(command),
  });
  const processes = [expiry, settlement, cancellation, voids];
  return async () => void (await Promise.all(processes.map((process) => process.stop())));
}
