import { SeatCountsAnswer } from '../event/event-answers.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, ObjectField } from '../openapi/fields.js';

const OPENED_AT = '2026-01-10T09:05:00.000Z';
const RESERVED_AT = '2026-01-15T10:00:00.412Z';

/** A seat that is held or sold. */
export class SeatHolder {
  @Field('A-1-1') readonly seatId!: string;
  @Field('reserved') readonly status!: string;
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('anna') readonly customerId!: string;
}

export class InventoryAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(1) readonly revision!: number;
  @Field(RESERVED_AT) readonly at!: string;
  @Field(OPENED_AT, { nullable: true }) readonly openedAt!: string | null;
  @Field(false) readonly salesClosed!: boolean;
  @Field(false) readonly cancelled!: boolean;
  @ObjectField(() => SeatCountsAnswer) readonly counts!: SeatCountsAnswer;
  @Field(1) readonly reservations!: number;
  @Field('rraa') readonly status!: string;
  @ListField(() => SeatHolder, { optional: true, description: 'Present only with `holders=true`' })
  readonly holders?: readonly SeatHolder[];
}

export class SeatStateAnswer {
  @Field('reserved') readonly status!: string;
  @Field(EXAMPLE.reservationId, { nullable: true }) readonly reservationId!: string | null;
  @Field('anna', { nullable: true }) readonly customerId!: string | null;
}

export class SeatDifference {
  @Field('A-1-1') readonly seatId!: string;
  @ObjectField(() => SeatStateAnswer) readonly before!: SeatStateAnswer;
  @ObjectField(() => SeatStateAnswer) readonly after!: SeatStateAnswer;
}

export class MomentAnswer {
  @Field(1) readonly revision!: number;
  @Field(RESERVED_AT) readonly at!: string;
  @ObjectField(() => SeatCountsAnswer) readonly counts!: SeatCountsAnswer;
}

export class DifferenceAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @ObjectField(() => MomentAnswer) readonly from!: MomentAnswer;
  @ObjectField(() => MomentAnswer) readonly to!: MomentAnswer;
  @Field(1) readonly domainEvents!: number;
  @ListField(() => SeatDifference) readonly changes!: readonly SeatDifference[];
}
