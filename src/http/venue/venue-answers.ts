import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, NumberField, ObjectField } from '../openapi/fields.js';

export class LocationAnswer {
  @NumberField(19.303) readonly lat!: number;
  @NumberField(-99.1506) readonly lon!: number;
}

/** A venue as part of an event. */
export class VenueOfEvent {
  @Field(EXAMPLE.venueId) readonly venueId!: string;
  @Field('Estadio Azteca') readonly name!: string;
  @Field('Mexico City') readonly city!: string;
  @Field('MX') readonly country!: string;
  @ObjectField(() => LocationAnswer) readonly location!: LocationAnswer;
  @Field('America/Mexico_City') readonly timeZone!: string;
}

export class VenueCategory {
  @Field('Stalls') readonly name!: string;
  @Field(4) readonly seatCount!: number;
}

export class VenueAnswer extends VenueOfEvent {
  @Field(EXAMPLE.seatingPlanHash) readonly seatingPlanHash!: string;
  @Field(4) readonly seatCount!: number;
  @ListField(() => VenueCategory) readonly categories!: readonly VenueCategory[];
  @Field('2026-01-10T09:00:00.000Z') readonly registeredAt!: string;
}

export class VenuesAnswer {
  @ListField(() => VenueAnswer) readonly venues!: readonly VenueAnswer[];
}

export class RegisteredVenue {
  @Field(EXAMPLE.venueId) readonly venueId!: string;
  @Field(4) readonly seatCount!: number;
  @Field(EXAMPLE.seatingPlanHash) readonly seatingPlanHash!: string;
  @Field([], { description: 'Problems of the seating plan that do not prevent sales' })
  readonly warnings!: readonly object[];
}
