import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { AdvancePaymentHandler } from '../commands/payment/advance-payment.js';
import { PayReservationHandler } from '../commands/payment/pay-reservation.js';
import { openPayments } from '../commands/payment/payments.js';
import { RecordPaymentNoticeHandler } from '../commands/payment/record-payment-notice.js';
import { RefundSaleHandler } from '../commands/payment/refund-sale.js';
import { openSettlement } from '../commands/payment/settlement.js';
import {
  INVENTORY_WRITERS,
  PAYMENTS,
  SETTLEMENT,
  TICKET_VOIDS,
} from '../commands/shared/tokens.js';
import { PROTECTION } from '../http/platform/tokens.js';
import { provide } from '../ports/shared/provide.js';
import {
  CLOCK,
  EVENT_STORE,
  LOG,
  PAYMENT_GATEWAY,
  PAYMENT_PROVIDER,
  RANDOMNESS,
} from '../ports/shared/tokens.js';
import { startPaymentSettlement } from '../processes/payment/payment-settlement.js';
import { background } from '../processes/shared/background.js';
import { unlessReplaced } from '../processes/shared/unless-replaced.js';
import { PROCESS_WAITS } from '../processes/shared/tokens.js';
import { LOG_GUARD } from '../projections/tokens.js';
import { ADVISORY_LOCKS, PAYMENT_QUERIES } from '../read-models/shared/tokens.js';
import { AbuseModule } from './abuse.module.js';
import { TicketModule } from './ticket.module.js';

const settlement = background('PaymentSettlement', {
  inject: [
    CommandBus,
    PAYMENT_QUERIES,
    ADVISORY_LOCKS,
    LOG_GUARD,
    PROCESS_WAITS,
    CLOCK,
    RANDOMNESS,
    LOG,
  ],
  start: (bus, payments, locks, guard, waits, clock, randomness, { warn }) =>
    startPaymentSettlement({
      openPayments: payments.open,
      withLock: unlessReplaced(guard, locks, 'payment-settlement'),
      execute: (command) => bus.execute(command),
      scanMs: waits.scanMs,
      waits: waits.settlement,
      clock,
      randomness,
      warn,
    }),
});

/** Charges, refunds and settles payments with the provider that the application has chosen. */
@Module({
  imports: [AbuseModule, TicketModule],
  providers: [
    provide(PAYMENT_GATEWAY, {
      inject: [PAYMENT_PROVIDER, PROTECTION],
      useFactory: (provider, protection) =>
        protection?.countOutcomesOf(provider) ?? { ...provider },
    }),
    provide(PAYMENTS, { inject: [EVENT_STORE, CLOCK, RANDOMNESS], useFactory: openPayments }),
    provide(SETTLEMENT, {
      inject: [PAYMENTS, INVENTORY_WRITERS, TICKET_VOIDS, PAYMENT_GATEWAY, CLOCK],
      useFactory: (payments, writers, voids, gateway, clock) =>
        openSettlement({ payments, writers, voids, gateway, clock }),
    }),
    AdvancePaymentHandler,
    PayReservationHandler,
    RecordPaymentNoticeHandler,
    RefundSaleHandler,
    settlement,
  ],
  exports: [PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT, AbuseModule, TicketModule],
})
export class PaymentModule {}
