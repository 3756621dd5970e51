import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CancelEventHandler } from '../commands/event/cancel-event.js';
import { ChangeEventHandler } from '../commands/event/change-event.js';
import { FinishCancellationHandler } from '../commands/event/finish-cancellation.js';
import { ScheduleEventHandler } from '../commands/event/schedule-event.js';
import { UndoSalesHandler } from '../commands/event/undo-sales.js';
import { CLOCK, LOG, RANDOMNESS } from '../ports/shared/tokens.js';
import { startEventCancellation } from '../processes/event/event-cancellation.js';
import { background } from '../processes/shared/background.js';
import { PROCESS_WAITS } from '../processes/shared/tokens.js';
import { unlessReplaced } from '../processes/shared/unless-replaced.js';
import { LOG_GUARD } from '../projections/tokens.js';
import { ADVISORY_LOCKS, CANCELLATION_QUERIES } from '../read-models/shared/tokens.js';
import { PaymentModule } from './payment.module.js';
import { WaitingRoomModule } from './waiting-room.module.js';

const cancellation = background('EventCancellation', {
  inject: [
    CommandBus,
    CANCELLATION_QUERIES,
    ADVISORY_LOCKS,
    LOG_GUARD,
    PROCESS_WAITS,
    CLOCK,
    RANDOMNESS,
    LOG,
  ],
  start: (bus, { unfinished }, locks, guard, { scanMs }, clock, randomness, { warn }) =>
    startEventCancellation({
      unfinished,
      withLock: unlessReplaced(guard, locks, 'event-cancellation'),
      undoSales: (command) => bus.execute(command),
      finish: (command) => bus.execute(command),
      scanMs,
      clock,
      randomness,
      warn,
    }),
});

/** Schedules, changes and cancels events. */
@Module({
  imports: [PaymentModule, WaitingRoomModule],
  providers: [
    CancelEventHandler,
    ChangeEventHandler,
    FinishCancellationHandler,
    ScheduleEventHandler,
    UndoSalesHandler,
    cancellation,
  ],
  exports: [PaymentModule],
})
export class EventModule {}
