import type { SingleSeatRule } from '../../domain/seat-inventory/events.js';
import { Answers } from '../openapi/answers.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, ObjectField } from '../openapi/fields.js';
import { CALENDAR, JSON_LD } from '../platform/representations.js';
import { VenueOfEvent } from '../venue/venue-answers.js';

/** Seats of an event by status. */
export class SeatCountsAnswer {
  @Field(2) readonly available!: number;
  @Field(2) readonly reserved!: number;
  @Field(0) readonly sold!: number;
  @Field(0) readonly blocked!: number;
}

export class PriceAnswer {
  /** Nullable in the contract since 0.1.0, never null. */
  @Field('Stalls', { nullable: true }) readonly category!: string | null;
  @Field(4500) readonly amountMinor!: number;
  @Field('EUR') readonly currency!: string;
  @Field(true, { optional: true }) readonly byRequest?: boolean;
}

/** All of an event but its availability, which search shows with a level. */
export class EventFields {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('Mexico v. South Africa') readonly name!: string;
  @Field('scheduled') readonly status!: 'scheduled' | 'cancelled';
  @ObjectField(() => VenueOfEvent) readonly venue!: VenueOfEvent;
  @Field('2026-06-11T19:00:00.000Z') readonly startsAt!: string;
  @Field(0) readonly salesEndMinutesAfterStart!: number;
  @Field('2026-06-11T19:00:00.000Z') readonly salesEndAt!: string;
  @Field('2026-06-11T18:00:00.000Z', { nullable: true }) readonly rescheduledFrom!: string | null;
  @Field('America/Mexico_City') readonly timeZone!: string;
  @Field('Football', { nullable: true }) readonly category!: string | null;
  @Field(['Mexico', 'South Africa']) readonly performers!: readonly string[];
  @Field('The opening match.', { nullable: true }) readonly description!: string | null;
  @ListField(() => PriceAnswer) readonly prices!: readonly PriceAnswer[];
  @Field('2026-01-15T10:00:00.000Z', { nullable: true }) readonly onSaleAt!: string | null;
  @Field(false) readonly salesClosed!: boolean;
  @Field(600) readonly holdSeconds!: number;
  @Field(10) readonly maxSeatsPerCustomer!: number;
  @Field('lenient') readonly singleSeatRule!: SingleSeatRule;
  @Field(true, { optional: true, description: 'Present only when on' })
  readonly requireContactToHold?: boolean;
  @Field(true, { optional: true, description: 'Present only when on' })
  readonly autoWaitingRoom?: boolean;
  @Field(4) readonly seatCount!: number;
  @Field(EXAMPLE.seatingPlanHash) readonly seatingPlanHash!: string;
  @Field(1, { description: 'How often the organizer has changed the event' })
  readonly changes!: number;
  @Field('2026-02-03T12:00:00.000Z') readonly changedAt!: string;
  @Field(12, { description: "Revision of the event's seat inventory" }) readonly revision!: number;
}

export class EventAnswer extends EventFields {
  @ObjectField(() => SeatCountsAnswer) readonly availability!: SeatCountsAnswer;
}

/** An event that was scheduled with an `externalId` before. */
export class ExistingEvent {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(4) readonly seatCount!: number;
  @Field(0) readonly revision!: number;
  @Field(true, { description: 'Whether this request changed the event' })
  readonly changed!: boolean;
}

export class ScheduledEvent {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(4) readonly seatCount!: number;
  @Field(0) readonly revision!: number;
  @Field(true, { optional: true, description: 'Present only with an `externalId`' })
  readonly changed?: boolean;
}

export class ChangedEvent {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(true) readonly changed!: boolean;
  @Field(13, { optional: true }) readonly revision?: number;
}

export const calendarExample = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Boxoffice//Boxoffice//EN',
  'BEGIN:VEVENT',
  `UID:${EXAMPLE.eventId}@boxoffice`,
  'SEQUENCE:1',
  'DTSTAMP:20260203T120000Z',
  'DTSTART:20260611T190000Z',
  'SUMMARY:Mexico v. South Africa',
  'STATUS:CONFIRMED',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const jsonLdExample = {
  '@context': 'https://schema.org',
  '@type': 'Event',
  name: 'Mexico v. South Africa',
  startDate: '2026-06-11T13:00:00-06:00',
  previousStartDate: '2026-06-11T12:00:00-06:00',
  eventStatus: 'https://schema.org/EventRescheduled',
  location: { '@type': 'Place', name: 'Estadio Azteca' },
  offers: [{ '@type': 'Offer', name: 'Stalls', price: '45.00', priceCurrency: 'EUR' }],
};

/** Documents one event in each representation that `Accept` can request. */
export const AnswersEvent = (): MethodDecorator =>
  Answers(200, 'The event, in the media type that `Accept` prefers', EventAnswer, {
    headers: { Vary: '`accept`' },
    also: { [JSON_LD]: jsonLdExample, [CALENDAR]: calendarExample },
  });
