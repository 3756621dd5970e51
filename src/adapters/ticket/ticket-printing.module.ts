import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { TICKET_PRINTER } from '../../ports/shared/tokens.js';
import { openTicketPrinter } from './printer.js';

/** Draws PDFs in threads of its own. */
@Module({
  providers: [
    provide(TICKET_PRINTER, {
      inject: [],
      useFactory: () => openTicketPrinter(),
      onApplicationShutdown: (printer) => printer.close(),
    }),
  ],
  exports: [TICKET_PRINTER],
})
export class TicketPrintingModule {}
