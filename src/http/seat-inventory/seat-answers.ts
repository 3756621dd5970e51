import { SeatCountsAnswer } from '../event/event-answers.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, NumberField, ObjectField } from '../openapi/fields.js';

class PlanSizeAnswer {
  @NumberField(200) readonly width!: number;
  @NumberField(100) readonly height!: number;
}

class PlanPointAnswer {
  @NumberField(57.5) readonly x!: number;
  @NumberField(0) readonly y!: number;
}

class PlanCategory {
  @Field('Stalls') readonly name!: string;
  @Field('#3d5a80') readonly color!: string;
}

/** One column per property, in plan order. */
class PlanSeats {
  @Field(['A-1-1', 'A-1-2', 'A-1-3', 'A-1-4']) readonly id!: readonly string[];
  @Field([0, 0, 0, 0], { description: 'Index into `sections`' })
  readonly section!: readonly number[];
  @Field([0, 0, 0, 0], { description: 'Index into `rows`' }) readonly row!: readonly number[];
  @Field(['1', '2', '3', '4']) readonly number!: readonly string[];
  @Field([0, 0, 0, 0], { description: 'Index into `categories`' })
  readonly category!: readonly number[];
  @Field([20, 45, 70, 95]) readonly x!: readonly number[];
  @Field([20, 20, 20, 20]) readonly y!: readonly number[];
}

export class SeatingPlanAnswer {
  @Field(EXAMPLE.seatingPlanHash) readonly hash!: string;
  @Field('Small layout') readonly name!: string;
  @ObjectField(() => PlanSizeAnswer) readonly size!: PlanSizeAnswer;
  @ObjectField(() => PlanPointAnswer) readonly focalPoint!: PlanPointAnswer;
  @Field(4) readonly seatCount!: number;
  @ListField(() => PlanCategory) readonly categories!: readonly PlanCategory[];
  @Field(['Parquet']) readonly sections!: readonly string[];
  @Field(['1']) readonly rows!: readonly string[];
  @Field([], { description: 'Shapes to draw behind the seats, such as the stage' })
  readonly areas!: readonly object[];
  @ObjectField(() => PlanSeats) readonly seats!: PlanSeats;
  @Field([0, 4], { description: 'First seat of each run of seats without an aisle' })
  readonly runStart!: readonly number[];
}

/** Labels to show instead of "row 1" and "seat 1". */
export class SeatLabels {
  @Field('Table 1', { optional: true, description: 'Only where the plan labels the row' })
  readonly rowLabel?: string;
  @Field('Chair 1', { optional: true, description: 'Only where the plan labels its seats' })
  readonly seatLabel?: string;
}

class MapSeat extends SeatLabels {
  @Field('A-1-1') readonly seatId!: string;
  @Field('Parquet') readonly section!: string;
  @Field('1') readonly row!: string;
  @Field('1') readonly number!: string;
  @NumberField(20) readonly x!: number;
  @NumberField(20) readonly y!: number;
  @Field('Stalls') readonly category!: string;
  @Field(4500) readonly amountMinor!: number;
  @Field('EUR') readonly currency!: string;
  @Field('reserved') readonly status!: 'available' | 'reserved' | 'sold' | 'blocked';
}

export class SeatingMapAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(12) readonly revision!: number;
  @ListField(() => MapSeat) readonly seats!: readonly MapSeat[];
}

export class SeatStatusAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field(12) readonly revision!: number;
  @ObjectField(() => SeatCountsAnswer) readonly counts!: SeatCountsAnswer;
  @Field('rraa') readonly status!: string;
}

/** Seats that were blocked or put back on sale. */
export class ChangedSeats {
  @Field(15) readonly revision!: number;
  @Field(EXAMPLE.seatIds) readonly seatIds!: readonly string[];
}

export class ClosedSales {
  @Field(16) readonly revision!: number;
}
