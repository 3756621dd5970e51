import type { PriceOfCategory, SingleSeatRule } from '../../domain/seat-inventory/events.js';
import type { Coordinates } from './coordinates.js';
import type { PretixPlan } from './pretix-plan.js';

/** A venue to be posted to `POST /v1/venues` as `{...body, seatingPlan: seatingPlan()}`. */
export interface SampleVenue {
  /** Names the venue among the samples. */
  readonly key: string;
  readonly seatCount: number;
  readonly body: {
    readonly name: string;
    readonly city: string;
    /** ISO 3166-1 alpha-2, upper case. */
    readonly country: string;
    readonly location: Coordinates;
    /** IANA name. */
    readonly timeZone: string;
  };
  /** Made when asked for: all plans together would fill hundreds of megabytes. */
  seatingPlan(): PretixPlan;
}

/** An event to be posted to `POST /v1/events` as `{...body, venueId}`. */
export interface SampleEvent {
  /** Key of its venue. */
  readonly venue: string;
  readonly body: {
    readonly name: string;
    /** ISO 8601 in UTC. */
    readonly startsAt: string;
    readonly category: string;
    readonly performers: readonly string[];
    readonly description: string;
    readonly prices: readonly PriceOfCategory[];
    readonly maxSeatsPerCustomer: number;
    readonly singleSeatRule: SingleSeatRule;
  };
}
