import { hash } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ReserveSeats } from '../../domain/seat-inventory/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import type { SeatLocks } from '../../ports/seat-inventory/seat-locks.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/inventory-writer.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { CLOCK, INVENTORY_WRITERS, SEAT_LOCKS } from '../shared/tokens.js';

/** Hold these seats, or the best ones, for this customer. The same key with the same wish is one reservation. */
export class ReserveSeatsCommand extends Command<Outcome> {
  constructor(
    readonly eventId: string,
    readonly customerId: string,
    readonly idempotencyKey: string,
    readonly wish: ReserveSeats['wish'],
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** The same for the same key of the same customer. */
export const reservationIdOf = (
  eventId: string,
  customerId: string,
  idempotencyKey: string,
): string => derivedId('reservation', eventId, customerId, idempotencyKey);

@CommandHandler(ReserveSeatsCommand)
export class ReserveSeatsHandler implements ICommandHandler<ReserveSeatsCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SEAT_LOCKS) private readonly locks: SeatLocks,
  ) {}

  /** Seats that are named are locked for other nodes meanwhile; which are the best is only known to the writer. */
  async execute(command: ReserveSeatsCommand): Promise<Outcome> {
    const { eventId, wish } = command;
    const lock = 'seatIds' in wish ? await this.locks.take(eventId, wish.seatIds) : undefined;
    try {
      return await this.reserve(command, lock?.seenRevision);
    } finally {
      lock?.free(this.writers.knownRevision(eventId));
    }
  }

  private reserve(
    { eventId, customerId, idempotencyKey, wish, context }: ReserveSeatsCommand,
    knownRevision: bigint | undefined,
  ): Promise<Outcome> {
    return this.writers.execute(
      eventId,
      {
        type: 'ReserveSeats',
        reservationId: reservationIdOf(eventId, customerId, idempotencyKey),
        customerId,
        wish,
        requestDigest: digestOf(wish),
        now: this.clock.now(),
      },
      context,
      knownRevision,
    );
  }
}

/** Differs for different wishes; the order in which seats are named is no difference. 96 bits, base64url. */
function digestOf(wish: ReserveSeats['wish']): string {
  const text =
    'seatIds' in wish
      ? [...wish.seatIds].sort().join('\n')
      : `best\n${wish.bestAvailable.quantity}\n${wish.bestAvailable.category ?? ''}`;
  return hash('sha256', text, 'base64url').slice(0, 16);
}
