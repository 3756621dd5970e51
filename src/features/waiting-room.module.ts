import { Module } from '@nestjs/common';
import { AdmissionsModule } from '../adapters/waiting-room/admissions.module.js';
import { POOL } from '../adapters/postgres/tokens.js';
import { WAITING_ROOM_LOG, WAITING_ROOMS } from '../commands/shared/tokens.js';
import {
  ConfigureWaitingRoomHandler,
  MoveWaitingRoomHandler,
} from '../commands/waiting-room/steer-waiting-room.js';
import { openWaitingRoomLog } from '../commands/waiting-room/waiting-room-log.js';
import { openWaitingRooms } from '../commands/waiting-room/waiting-rooms.js';
import { provide } from '../ports/shared/provide.js';
import {
  ADMISSIONS,
  CLOCK,
  EVENT_STORE,
  LOG,
  PLACE_SIGNER,
  RANDOMNESS,
  SHOPPING_RECORD,
  WAITING_ROOM_SEEDS,
} from '../ports/shared/tokens.js';
import { shoppingRecord } from '../read-models/waiting-room/shopping-record.js';
import { InventoryWriterModule } from './inventory-writer.module.js';

/** The queues in front of events. */
@Module({
  imports: [InventoryWriterModule, AdmissionsModule],
  providers: [
    provide(SHOPPING_RECORD, { inject: [POOL], useFactory: shoppingRecord }),
    provide(WAITING_ROOM_LOG, { inject: [EVENT_STORE, CLOCK], useFactory: openWaitingRoomLog }),
    provide(WAITING_ROOMS, {
      inject: [
        WAITING_ROOM_LOG,
        PLACE_SIGNER,
        WAITING_ROOM_SEEDS,
        SHOPPING_RECORD,
        ADMISSIONS,
        CLOCK,
        RANDOMNESS,
        LOG,
      ],
      useFactory: (log, signer, seedOf, record, admissions, clock, randomness, { warn }) =>
        openWaitingRooms({ log, signer, seedOf, record, admissions, clock, randomness, warn }),
      onApplicationShutdown: (rooms) => rooms.close(),
    }),
    ConfigureWaitingRoomHandler,
    MoveWaitingRoomHandler,
  ],
  exports: [WAITING_ROOM_LOG, WAITING_ROOMS, AdmissionsModule, InventoryWriterModule],
})
export class WaitingRoomModule {}
