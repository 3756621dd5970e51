import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { INVENTORY_WRITERS, WAITING_ROOMS } from '../../commands/shared/tokens.js';
import { AbuseModule } from '../../features/abuse.module.js';
import { WaitingRoomModule } from '../../features/waiting-room.module.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, PLACE_SIGNER, RANDOMNESS } from '../../ports/shared/tokens.js';
import { AUTO_WAITING_ROOM, PROTECTION, PASS_CHECK } from '../platform/tokens.js';
import { openAutoWaitingRoom } from './auto-waiting-room.js';
import { openPassCheck } from './pass-check.js';
import { TradeForPass } from './trade-for-pass.js';
import { WaitingRoomController } from './waiting-room.controller.js';

@Module({
  imports: [WaitingRoomModule, AbuseModule],
  controllers: [WaitingRoomController],
  providers: [
    TradeForPass,
    provide(AUTO_WAITING_ROOM, {
      inject: [CommandBus, INVENTORY_WRITERS, WAITING_ROOMS, PROTECTION, CLOCK, RANDOMNESS],
      useFactory: (bus, writers, rooms, protection, clock, randomness) =>
        openAutoWaitingRoom({
          bus,
          writers,
          rooms,
          protection: protection ?? undefined,
          clock,
          randomness,
        }),
    }),
    provide(PASS_CHECK, {
      inject: [WAITING_ROOMS, PLACE_SIGNER, CLOCK],
      useFactory: openPassCheck,
    }),
  ],
  exports: [AUTO_WAITING_ROOM, PASS_CHECK, AbuseModule],
})
export class WaitingRoomHttpModule {}
