import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { SeatLocksModule } from '../adapters/seat-inventory/seat-locks.module.js';
import { BlockSeatsHandler } from '../commands/seat-inventory/block-seats.js';
import { CloseSalesHandler } from '../commands/seat-inventory/close-sales.js';
import { ExchangeSeatsHandler } from '../commands/seat-inventory/exchange-seats.js';
import { ExpireReservationsHandler } from '../commands/seat-inventory/expire-reservations.js';
import { openHoldRules } from '../commands/seat-inventory/hold-rules.js';
import { ReleaseReservationHandler } from '../commands/seat-inventory/release-reservation.js';
import { ReserveSeatsHandler } from '../commands/seat-inventory/reserve-seats.js';
import { UnblockSeatsHandler } from '../commands/seat-inventory/unblock-seats.js';
import { HOLD_RULES } from '../commands/shared/tokens.js';
import { provide } from '../ports/shared/provide.js';
import { CLOCK, EVENT_STORE, LOG, RANDOMNESS } from '../ports/shared/tokens.js';
import { startHoldExpiry } from '../processes/seat-inventory/hold-expiry.js';
import { background } from '../processes/shared/background.js';
import { PROCESS_WAITS } from '../processes/shared/tokens.js';
import { unlessReplaced } from '../processes/shared/unless-replaced.js';
import { LOG_GUARD } from '../projections/tokens.js';
import { ADVISORY_LOCKS, RESERVATION_QUERIES } from '../read-models/shared/tokens.js';
import { PaymentModule } from './payment.module.js';

const holdExpiry = background('HoldExpiry', {
  inject: [
    CommandBus,
    RESERVATION_QUERIES,
    ADVISORY_LOCKS,
    LOG_GUARD,
    PROCESS_WAITS,
    CLOCK,
    RANDOMNESS,
    LOG,
  ],
  start: (bus, { overdueHolds }, locks, guard, { scanMs }, clock, randomness, { warn }) =>
    startHoldExpiry({
      overdueHolds,
      withLock: unlessReplaced(guard, locks, 'hold-expiry'),
      execute: (command) => bus.execute(command),
      scanMs,
      clock,
      randomness,
      warn,
    }),
});

/** Holds, sales and blocks of seats. */
@Module({
  imports: [PaymentModule, SeatLocksModule],
  providers: [
    provide(HOLD_RULES, { inject: [EVENT_STORE, CLOCK], useFactory: openHoldRules }),
    BlockSeatsHandler,
    CloseSalesHandler,
    ExchangeSeatsHandler,
    ExpireReservationsHandler,
    ReleaseReservationHandler,
    ReserveSeatsHandler,
    UnblockSeatsHandler,
    holdExpiry,
  ],
  exports: [HOLD_RULES, PaymentModule],
})
export class SeatInventoryModule {}
