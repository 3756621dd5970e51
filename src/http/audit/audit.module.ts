import { Module } from '@nestjs/common';
import { AuditModule } from '../../features/audit.module.js';
import { TicketModule } from '../../features/ticket.module.js';
import { AuditController } from './audit.controller.js';
import { CheckpointsController } from './signed-heads.controller.js';

@Module({
  imports: [AuditModule, TicketModule],
  controllers: [AuditController, CheckpointsController],
})
export class AuditHttpModule {}
