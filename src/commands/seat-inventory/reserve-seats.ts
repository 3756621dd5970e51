import { hash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { SeatSelection } from '../../domain/seat-inventory/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import type { SeatLocks } from '../../ports/seat-inventory/seat-locks.js';
import { derivedId, type CommandContext } from '../shared/context.js';
import type { Outcome } from './writer/outcome.js';
import type { InventoryWriters } from './writer/inventory-writers.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, INVENTORY_WRITERS, SEAT_LOCKS } from '../shared/tokens.js';

/**
 * A request to hold seats. It carries its reservation's id and the digest of its selection, because
 * several checks need them: each is computed once per request.
 */
export interface ReservationRequest {
  readonly eventId: string;
  readonly customerId: string;
  readonly reservationId: string;
  readonly selection: SeatSelection;
  /** Differs between selections. 96 bits, base64url. */
  readonly requestDigest: string;
}

/**
 * Builds a request. The same event, customer and idempotency key always give the same reservation
 * id.
 */
export const reservationRequest = (
  eventId: string,
  customerId: string,
  idempotencyKey: string,
  selection: SeatSelection,
): ReservationRequest => ({
  eventId,
  customerId,
  reservationId: derivedId('reservation', eventId, customerId, idempotencyKey),
  selection,
  requestDigest: digestOf(selection),
});

/** Holds the selected seats, or the best available ones, for a customer. */
export class ReserveSeatsCommand extends Command<Outcome> {
  constructor(
    readonly request: ReservationRequest,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ReserveSeatsCommand)
export class ReserveSeatsHandler implements ICommandHandler<ReserveSeatsCommand> {
  constructor(
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SEAT_LOCKS) private readonly locks: SeatLocks,
  ) {}

  /**
   * Locks named seats against other nodes. Only the writer knows the best available seats, so those
   * are not locked.
   */
  async execute(command: ReserveSeatsCommand): Promise<Outcome> {
    const { eventId, selection } = command.request;
    const lock =
      'seatIds' in selection ? await this.locks.take(eventId, selection.seatIds) : undefined;
    try {
      return await this.reserve(command, lock?.seenRevision);
    } finally {
      lock?.free(this.writers.knownRevision(eventId));
    }
  }

  private reserve(
    { request, context }: ReserveSeatsCommand,
    knownRevision: bigint | undefined,
  ): Promise<Outcome> {
    const { eventId, customerId, reservationId, selection, requestDigest } = request;
    return this.writers.execute(
      eventId,
      {
        type: 'ReserveSeats',
        reservationId,
        customerId,
        selection,
        requestDigest,
        now: this.clock.now(),
      },
      context,
      knownRevision,
    );
  }
}

/** The order of the seats makes no difference. */
function digestOf(selection: SeatSelection): string {
  const text =
    'seatIds' in selection
      ? [...selection.seatIds].sort().join('\n')
      : `best\n${selection.bestAvailable.quantity}\n${selection.bestAvailable.category ?? ''}`;
  return hash('sha256', text, 'base64url').slice(0, 16);
}
