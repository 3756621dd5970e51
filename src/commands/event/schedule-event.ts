import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { EventRejection, ScheduleEvent } from '../../domain/event/commands.js';
import { eventDecider } from '../../domain/event/decide.js';
import { eventStream, type EventScheduledData } from '../../domain/event/events.js';
import { salesEndOf } from '../../domain/event/state.js';
import {
  PAYMENT_EXTENSION_SECONDS,
  type SeatInventoryRejection,
} from '../../domain/seat-inventory/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import type { PaymentGateway } from '../../ports/payment/payment-gateway.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { notChargeable, type NotChargeable } from '../payment/chargeable.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';
import { readEvent } from './event-stream.js';
import type { InventoryWriters } from '../seat-inventory/writer/inventory-writers.js';
import { readVenue } from '../venue/register-venue.js';
import { Inject } from '../shared/inject.js';
import {
  CLOCK,
  EVENT_STORE,
  INVENTORY_WRITERS,
  PAYMENT_GATEWAY,
  RANDOMNESS,
} from '../shared/tokens.js';

export type EventToSchedule = Omit<ScheduleEvent, 'type' | 'eventId' | 'now'>;

export type ScheduleEventOutcome =
  | {
      readonly accepted: true;
      readonly eventId: string;
      readonly seatCount: number;
      readonly revision: bigint;
      /**
       * True if the event was scheduled before, with the same fixed fields. Other fields may
       * differ.
       */
      readonly existed: boolean;
    }
  | {
      readonly accepted: false;
      readonly rejection: EventRejection | SeatInventoryRejection | NotChargeable;
    };

/** Schedules an event at a venue and opens an inventory with every seat of its plan. */
export class ScheduleEventCommand extends Command<ScheduleEventOutcome> {
  constructor(
    readonly event: EventToSchedule,
    readonly context: CommandContext,
    /**
     * Missing: a new id. Scheduling the same id again changes nothing, and is rejected if a fixed
     * field differs.
     */
    readonly eventId?: string,
  ) {
    super();
  }
}

@CommandHandler(ScheduleEventCommand)
export class ScheduleEventHandler implements ICommandHandler<ScheduleEventCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(INVENTORY_WRITERS) private readonly writers: InventoryWriters,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: Pick<PaymentGateway, 'obstacleTo'>,
  ) {}

  async execute({
    event,
    context,
    eventId = this.randomness.uuid(),
  }: ScheduleEventCommand): Promise<ScheduleEventOutcome> {
    try {
      return await this.schedule(event, context, eventId);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      // Another request with the same id was first. Compare with the event that it scheduled.
      return this.schedule(event, context, eventId);
    }
  }

  /**
   * Opens the inventory before it writes the event, so that every event that is found is on sale.
   */
  private async schedule(
    event: EventToSchedule,
    context: CommandContext,
    eventId: string,
  ): Promise<ScheduleEventOutcome> {
    const now = this.clock.now();
    const [{ state: before }, venue] = await Promise.all([
      readEvent(this.eventStore, eventId),
      readVenue(this.eventStore, event.venueId),
    ]);
    const command: ScheduleEvent = { type: 'ScheduleEvent', ...event, eventId, now };
    const decision = eventDecider.decide(command, before, venue);
    if (!decision.accepted) return decision;
    // Only for new events: older ones were scheduled before this rule or with another provider.
    const obstacle = before ? undefined : notChargeable(this.gateway, event.prices);
    if (obstacle) return { accepted: false, rejection: obstacle };
    const scheduled = decision.events.reduce(
      (state, added) => eventDecider.evolve(state, added),
      before,
    )!;
    const opened = await this.writers.execute(
      eventId,
      { type: 'OpenInventory', inventory: inventoryOf(scheduled), now },
      { ...context, commandId: derivedId(context.commandId, 'open-inventory') },
    );
    if (!opened.accepted) return opened;
    if (decision.events.length > 0) {
      await appendOnce(
        this.eventStore,
        this.clock,
        eventStream(eventId),
        NO_STREAM,
        toNewEvents(decision.events, context),
      );
    }
    return {
      accepted: true,
      eventId,
      seatCount: scheduled.seatCount,
      revision: opened.revision,
      existed: before !== undefined,
    };
  }
}

function inventoryOf(scheduled: EventScheduledData) {
  const {
    eventId,
    seatingPlanHash,
    seatCount,
    prices,
    onSaleAt,
    holdSeconds,
    maxSeatsPerCustomer,
    singleSeatRule,
  } = scheduled;
  const holdCapSeconds = holdSeconds + Math.min(PAYMENT_EXTENSION_SECONDS, holdSeconds);
  return {
    eventId,
    seatingPlanHash,
    seatCount,
    prices,
    onSaleAt,
    salesEndAt: salesEndOf(scheduled),
    holdSeconds,
    holdCapSeconds,
    maxSeatsPerCustomer,
    singleSeatRule,
  };
}
