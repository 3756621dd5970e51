import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PlanProblem } from '../domain/seating-plan/problems.js';
import { importSeatingPlan } from '../domain/seating-plan/import.js';
import { repeatedLabels, type PlanWarning } from '../domain/seating-plan/repeated-labels.js';
import type { SeatLayout } from '../domain/seating-plan/layout.js';
import { decideVenue } from '../domain/venue/decide.js';
import { venueStream, type Location, type VenueEvent } from '../domain/venue/events.js';
import { evolveVenue, type Venue } from '../domain/venue/state.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore } from '../ports/event-store.js';
import type { Randomness } from '../ports/randomness.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { toNewEvents, type CommandContext } from './context.js';
import type { SeatingPlans } from './seating-plans.js';
import { CLOCK, EVENT_STORE, RANDOMNESS, SEATING_PLANS } from './tokens.js';

export interface VenueToRegister {
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly location: Location;
  readonly timeZone: string;
  /** A seating plan in pretix's public format, unchecked. */
  readonly seatingPlan: unknown;
}

export type RegisterVenueOutcome =
  | {
      readonly accepted: true;
      readonly venueId: string;
      readonly seatCount: number;
      readonly seatingPlanHash: string;
      /** Faults of a plan that can be sold all the same. */
      readonly warnings: readonly PlanWarning[];
    }
  | {
      readonly accepted: false;
      readonly rejection: {
        readonly code: 'seating-plan-invalid';
        readonly problems: readonly PlanProblem[];
      };
    };

/** A place with seats, where events can be sold from now on. */
export class RegisterVenueCommand extends Command<RegisterVenueOutcome> {
  constructor(
    readonly venue: VenueToRegister,
    readonly context: CommandContext,
    /** Unless told, a new one. Registering the same id again changes nothing. */
    readonly venueId?: string,
  ) {
    super();
  }
}

@CommandHandler(RegisterVenueCommand)
export class RegisterVenueHandler implements ICommandHandler<RegisterVenueCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(SEATING_PLANS) private readonly plans: SeatingPlans,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
  ) {}

  /** The plan is stored first: a venue that is in the log always has its plan. */
  async execute({
    venue,
    context,
    venueId = this.randomness.uuid(),
  }: RegisterVenueCommand): Promise<RegisterVenueOutcome> {
    const imported = importSeatingPlan(venue.seatingPlan);
    if (!imported.ok)
      return { accepted: false, rejection: { code: 'seating-plan-invalid', problems: imported.problems } };
    const { layout } = await this.plans.store(imported.plan, context);
    const { seatCount, hash: seatingPlanHash } = layout;
    const { name, city, country, location, timeZone } = venue;
    const registered = { venueId, name, city, country, location, timeZone, seatingPlanHash, seatCount };
    const decision = decideVenue(
      {
        type: 'RegisterVenue',
        venue: { ...registered, categories: seatsPerCategory(layout) },
        now: this.clock.now(),
      },
      await readVenue(this.eventStore, venueId),
    );
    if (!decision.accepted) return decision;
    if (decision.events.length > 0) {
      await appendOnce(
        this.eventStore,
        this.clock,
        venueStream(venueId),
        NO_STREAM,
        toNewEvents(decision.events, context),
      );
    }
    return { accepted: true, venueId, seatCount, seatingPlanHash, warnings: repeatedLabels(layout) };
  }
}

export async function readVenue(eventStore: EventStore, venueId: string): Promise<Venue> {
  let venue: Venue;
  for await (const event of eventStore.readStream(venueStream(venueId))) {
    venue = evolveVenue(venue, event as unknown as VenueEvent);
  }
  return venue;
}

function seatsPerCategory(layout: SeatLayout): { name: string; seatCount: number }[] {
  const counts = new Uint32Array(layout.categories.length);
  for (const category of layout.categoryOf) counts[category]!++;
  return layout.categories.map(({ name }, at) => ({ name, seatCount: counts[at]! }));
}
