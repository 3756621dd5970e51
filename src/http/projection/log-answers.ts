import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, FreeField, ListField, ObjectField } from '../openapi/fields.js';

const CAUSE =
  'Expected domain event 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66 at seatInventory-e1@7, found nothing';

export class AcceptanceAnswer {
  @Field(1) readonly number!: number;
  @Field('olga') readonly acceptedBy!: string;
  @Field('2026-06-11T18:12:07.044Z') readonly acceptedAt!: string;
  @Field('2026-06-11T18:13:02.410Z', { nullable: true }) readonly finishedAt!: string | null;
  /** Nullable in the contract since 0.1.0, never null. */
  @Field(CAUSE, { nullable: true }) readonly cause!: string | null;
}

export class LossCounts {
  @Field(3) readonly reservations!: number;
  @Field(1) readonly payments!: number;
}

export class LogState {
  @Field('replaced') readonly state!: string;
  @Field(CAUSE, { nullable: true }) readonly cause!: string | null;
  @ObjectField(() => AcceptanceAnswer, { nullable: true })
  readonly acceptance!: AcceptanceAnswer | null;
  @ObjectField(() => LossCounts) readonly losses!: LossCounts;
}

export class LogAnswer {
  @ObjectField(() => LogState) readonly log!: LogState;
}

export class LossAnswer {
  @Field(1) readonly number!: number;
  /** Nullable in the contract since 0.1.0, never null. */
  @Field(1, { nullable: true }) readonly acceptance!: number | null;
  @Field('payment') readonly kind!: string;
  @Field('e1') readonly eventId!: string;
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field('ann') readonly customerId!: string;
  @FreeField({}, { description: 'As shown before' }) readonly before!: object;
  @FreeField({}, { nullable: true, description: 'In the accepted log; null when missing there' })
  readonly after!: object | null;
}

export class LossesAnswer {
  @ListField(() => LossAnswer) readonly losses!: readonly LossAnswer[];
  @Field(1000, { nullable: true }) readonly next!: number | null;
}
