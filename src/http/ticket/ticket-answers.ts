import type { TicketStanding } from '../../domain/ticket/decide.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField } from '../openapi/fields.js';
import { SeatLabels } from '../seat-inventory/seat-answers.js';

/** Shortened: a real code has about 400 characters. */
export const CODE_EXAMPLE =
  'eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYifQ.eyJqdGkiOiI1YTFmIn0.c2lnbmF0dXJl';

/** A ticket of a confirmed reservation. */
export class TicketAnswer extends SeatLabels {
  @Field(EXAMPLE.ticketId) readonly ticketId!: string;
  @Field(EXAMPLE.seatIds[0]) readonly seatId!: string;
  @Field('Parquet') readonly section!: string;
  @Field('1') readonly row!: string;
  @Field('1') readonly number!: string;
  @Field('Stalls') readonly category!: string;
  @Field(CODE_EXAMPLE) readonly code!: string;
}

class OwnTicket extends SeatLabels {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(EXAMPLE.reservationId) readonly reservationId!: string;
  @Field(EXAMPLE.ticketId) readonly ticketId!: string;
  @Field(EXAMPLE.seatIds[0]) readonly seatId!: string;
  @Field('Parquet') readonly section!: string;
  @Field('1') readonly row!: string;
  @Field('1') readonly number!: string;
  @Field('Stalls') readonly category!: string;
  @Field('valid') readonly status!: TicketStanding;
  @Field('2026-01-15T10:00:41.310Z') readonly issuedAt!: string;
  @Field('2026-06-11T18:12:07.044Z', { nullable: true }) readonly redeemedAt!: string | null;
  @Field(CODE_EXAMPLE, { optional: true, description: 'Only of a valid ticket' })
  readonly code?: string;
}

export class OwnTickets {
  @ListField(() => OwnTicket) readonly tickets!: readonly OwnTicket[];
  @Field('MjAyNi0wMS0xNVQxMDowMDo0MS4zMTBaIDdiMWMgNWExZg', { nullable: true })
  readonly next!: string | null;
}

export class CheckedInTicket extends SeatLabels {
  @Field(EXAMPLE.ticketId) readonly ticketId!: string;
  @Field(EXAMPLE.seatIds[0]) readonly seatId!: string;
  @Field('Parquet') readonly section!: string;
  @Field('1') readonly row!: string;
  @Field('1') readonly number!: string;
  @Field('2026-06-11T18:12:07.044Z') readonly redeemedAt!: string;
}

class TicketKey {
  @Field('OKP') readonly kty!: string;
  @Field('Ed25519') readonly crv!: string;
  @Field('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo') readonly x!: string;
  @Field('2026') readonly kid!: string;
  @Field('EdDSA') readonly alg!: string;
  @Field('sig') readonly use!: string;
}

export class TicketKeys {
  @ListField(() => TicketKey) readonly keys!: readonly TicketKey[];
}
