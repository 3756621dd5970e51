import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PlanProblem } from '../../domain/seating-plan/import/problems.js';
import { importSeatingPlan } from '../../domain/seating-plan/import/import.js';
import type { PlanWarning } from '../../domain/seating-plan/import/repeated-labels.js';
import { preparePlan, type PreparedPlan } from '../../domain/seating-plan/prepared-plan.js';
import { venueDecider } from '../../domain/venue/decide.js';
import { venueStream, type Location } from '../../domain/venue/events.js';
import type { Venue } from '../../domain/venue/state.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { PackedPlan } from '../../ports/venue/venue-reader.js';
import { readAggregate } from '../shared/aggregate-stream.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { toNewEvents, type CommandContext } from '../shared/context.js';
import type { SeatingPlans } from '../seating-plan/seating-plans.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, EVENT_STORE, RANDOMNESS, SEATING_PLANS } from '../shared/tokens.js';

export interface VenueToRegister {
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly location: Location;
  /** Missing: `DEFAULT_TIME_ZONE`. */
  readonly timeZone?: string | undefined;
  /** A seating plan in pretix's public format: unchecked, or already read. */
  readonly seatingPlan: { readonly source: unknown } | { readonly read: PackedPlan | InvalidPlan };
}

interface InvalidPlan {
  readonly problems: readonly PlanProblem[];
}

const DEFAULT_TIME_ZONE = 'UTC';

export type RegisterVenueOutcome =
  | {
      readonly accepted: true;
      readonly venueId: string;
      readonly seatCount: number;
      readonly seatingPlanHash: string;
      /** Problems of a plan that can still be sold. */
      readonly warnings: readonly PlanWarning[];
    }
  | {
      readonly accepted: false;
      readonly rejection: InvalidPlan & { readonly code: 'seating-plan-invalid' };
    };

/** Registers a venue with its seating plan. */
export class RegisterVenueCommand extends Command<RegisterVenueOutcome> {
  constructor(
    readonly venue: VenueToRegister,
    readonly context: CommandContext,
    /** Missing: a new id. Registering the same id again changes nothing. */
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

  async execute({
    venue,
    context,
    venueId = this.randomness.uuid(),
  }: RegisterVenueCommand): Promise<RegisterVenueOutcome> {
    try {
      return await this.register(venue, context, venueId);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      // Another node has registered the same id in the meantime, for example the same sample.
      return this.register(venue, context, venueId);
    }
  }

  /** Stores the plan first, so that every venue in the log has its plan. */
  private async register(
    venue: VenueToRegister,
    context: CommandContext,
    venueId: string,
  ): Promise<RegisterVenueOutcome> {
    const stored = await this.storePlan(venue.seatingPlan, context);
    if ('problems' in stored)
      return {
        accepted: false,
        rejection: { code: 'seating-plan-invalid', problems: stored.problems },
      };
    const { seatCount, hash: seatingPlanHash, categories, warnings } = stored;
    const { name, city, country, location, timeZone = DEFAULT_TIME_ZONE } = venue;
    const registered = {
      venueId,
      name,
      city,
      country,
      location,
      timeZone,
      seatingPlanHash,
      seatCount,
    };
    const decision = venueDecider.decide(
      {
        type: 'RegisterVenue',
        venue: { ...registered, categories },
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
    return { accepted: true, venueId, seatCount, seatingPlanHash, warnings };
  }

  private async storePlan(
    plan: VenueToRegister['seatingPlan'],
    context: CommandContext,
  ): Promise<Omit<PreparedPlan, 'canonical'> | InvalidPlan> {
    if ('read' in plan) {
      if (!('problems' in plan.read)) await this.plans.storePacked(plan.read, context);
      return plan.read;
    }
    const imported = importSeatingPlan(plan.source);
    if (!imported.ok) return { problems: imported.problems };
    await this.plans.store(imported.plan, context);
    return preparePlan(imported.plan);
  }
}

/** @throws EventStoreUnavailable */
export async function readVenue(eventStore: EventStore, venueId: string): Promise<Venue> {
  return (await readAggregate(eventStore, venueStream(venueId), venueDecider)).state;
}
