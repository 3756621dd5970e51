import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ticketOf } from './check-in-stream.js';
import type { CommandContext } from '../shared/context.js';
import type { TicketVoids } from './ticket-voids.js';
import { Inject } from '../shared/inject.js';
import { TICKET_VOIDS } from '../shared/tokens.js';

/** Checks whether a void ticket stays void, and makes it valid again otherwise. */
export class LiftVoidCommand extends Command<void> {
  constructor(
    readonly eventId: string,
    readonly reservationId: string,
    readonly seatId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(LiftVoidCommand)
export class LiftVoidHandler implements ICommandHandler<LiftVoidCommand> {
  constructor(@Inject(TICKET_VOIDS) private readonly voids: TicketVoids) {}

  execute({ eventId, reservationId, seatId, context }: LiftVoidCommand): Promise<void> {
    return this.voids.lift(ticketOf(eventId, reservationId, seatId), context);
  }
}
