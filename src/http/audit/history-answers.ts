import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, FreeField, ListField, ObjectField } from '../openapi/fields.js';

const CORRELATION_ID = '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66';
const ADDRESS_HASH = 'm2cXw0i1T0yYw8dJq3vJ0A';
const ROUTE = 'POST /v1/events/:eventId/reservations';

export class ActorAnswer {
  @Field('anna') readonly id!: string;
  @Field('customer') readonly role!: string;
}

export class ClientAnswer {
  @Field(ADDRESS_HASH) readonly addressHash!: string;
  @Field('Mozilla/5.0') readonly userAgent!: string;
}

/** A domain event, with a sentence that describes the change. */
export class HistoryEntry {
  @Field('2026-01-15T10:00:00.412Z') readonly at!: string;
  @Field(
    'Customer anna reserved seats A-1-1, A-1-2 for EUR 90.00 until 2026-01-15T10:10:00.400Z, ' +
      `as reservation ${EXAMPLE.reservationId}.`,
  )
  readonly sentence!: string;
  @Field('SeatsReserved') readonly type!: string;
  @Field(`seatInventory-${EXAMPLE.eventId}`) readonly stream!: string;
  @Field(1) readonly revision!: number;
  @Field('5a0c7d7e-9a4e-5f25-8c0d-1f0e2d3c4b5a') readonly id!: string;
  @ObjectField(() => ActorAnswer, { nullable: true }) readonly actor!: ActorAnswer | null;
  @ObjectField(() => ClientAnswer, { nullable: true }) readonly client!: ClientAnswer | null;
  @Field('8e2f6c1a-3b4d-4c5e-9f60-718293a4b5c6', { nullable: true })
  readonly commandId!: string | null;
  @Field(CORRELATION_ID, { nullable: true }) readonly correlationId!: string | null;
  @Field(CORRELATION_ID, { nullable: true }) readonly causationId!: string | null;
  @Field(1) readonly schemaVersion!: number;
  @FreeField({ reservationId: EXAMPLE.reservationId, seatIds: EXAMPLE.seatIds })
  readonly data!: unknown;
}

/** A request that was answered with a problem. */
export class RejectedRequest {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('2026-01-15T10:00:03.020Z') readonly at!: string;
  @Field('seats-unavailable') readonly code!: string;
  @Field(ROUTE) readonly asked!: string;
  @Field('ben') readonly accountId!: string;
  @Field(['A-1-1']) readonly seatIds!: readonly string[];
  @Field(EXAMPLE.reservationId, { nullable: true }) readonly reservationId!: string | null;
  @Field(ADDRESS_HASH) readonly addressHash!: string;
  @Field('Mozilla/5.0') readonly userAgent!: string;
  /** Nullable in the contract since 0.1.0, never null. */
  @Field(CORRELATION_ID, { nullable: true }) readonly correlationId!: string | null;
  @Field(`Account ben asked for seat A-1-1 (${ROUTE}) and was refused: Seats unavailable.`)
  readonly sentence!: string;
}

export class HistoryAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(true) readonly complete!: boolean;
  @ListField(() => HistoryEntry) readonly entries!: readonly HistoryEntry[];
  @ListField(() => RejectedRequest) readonly refused!: readonly RejectedRequest[];
}

export class SeatHistory extends HistoryAnswer {
  @Field('A-1-1') readonly seatId!: string;
}

export class ReservationHistory extends HistoryAnswer {
  /** Nullable in the contract since 0.1.0, never null. */
  @Field(EXAMPLE.reservationId, { nullable: true }) readonly reservationId!: string | null;
}

export class CustomerHistory extends HistoryAnswer {
  @Field('anna') readonly customerId!: string;
}
