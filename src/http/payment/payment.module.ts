import { Module } from '@nestjs/common';
import { EventModule } from '../../features/event.module.js';
import { PaymentModule } from '../../features/payment.module.js';
import { AfterSaleController } from './after-sale.controller.js';
import { LedgerController } from './ledger.controller.js';
import { PaymentsController } from './payments.controller.js';

@Module({
  imports: [PaymentModule, EventModule],
  controllers: [PaymentsController, LedgerController, AfterSaleController],
})
export class PaymentHttpModule {}
