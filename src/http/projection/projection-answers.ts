import { Field, FreeField, ListField, NumberField, ObjectField } from '../openapi/fields.js';

export class KeyColumn {
  @Field('seat_id') readonly column!: string;
  @Field('A-1-1') readonly value!: string;
}

export class DifferingKeyAnswer {
  @ListField(() => KeyColumn) readonly key!: readonly KeyColumn[];
  @Field('new') readonly in!: string;
}

export class TableComparisonAnswer {
  @Field('seat_status') readonly table!: string;
  @Field(9) readonly oldRows!: number;
  @Field(10) readonly newRows!: number;
  @Field('-12931009432') readonly oldHash!: string;
  @Field('88412000317') readonly newHash!: string;
  @ListField(() => DifferingKeyAnswer) readonly differing!: readonly DifferingKeyAnswer[];
}

export class ComparisonAnswer {
  @Field(false) readonly equal!: boolean;
  @ListField(() => TableComparisonAnswer) readonly tables!: readonly TableComparisonAnswer[];
}

export class RebuildAnswer {
  @Field('seat-status') readonly projection!: string;
  @Field(1) readonly version!: number;
  @Field(2) readonly generation!: number;
  @Field('rebuild') readonly kind!: string;
  @Field('differs') readonly phase!: string;
  @Field(false) readonly acceptDifference!: boolean;
  @Field('olga') readonly startedBy!: string;
  @Field('2026-06-11T18:12:07.044Z') readonly startedAt!: string;
  @Field('otto', { nullable: true }) readonly decidedBy!: string | null;
  @Field('2026-06-11T18:13:02.410Z', { nullable: true }) readonly endedAt!: string | null;
  @Field(400000, { description: 'Domain events applied' }) readonly done!: number;
  @Field(1000000, { nullable: true, description: 'Domain events to apply; null while unknown' })
  readonly total!: number | null;
  @NumberField(41000) readonly perSecond!: number;
  @Field(15, { nullable: true }) readonly etaSeconds!: number | null;
  @ObjectField(() => ComparisonAnswer, { nullable: true })
  readonly comparison!: ComparisonAnswer | null;
  @Field('the database does not answer', { nullable: true }) readonly error!: string | null;
}

export class RebuildProgress {
  @ObjectField(() => RebuildAnswer, { nullable: true, description: 'Null before the first' })
  readonly rebuild!: RebuildAnswer | null;
}

export class TablesVersion {
  @Field(1) readonly version!: number;
  @Field(1) readonly generation!: number;
}

export class ParkedCounts {
  @Field(0) readonly failed!: number;
  @Field(0) readonly waiting!: number;
}

export class ProjectionAnswer {
  @Field('seat-status') readonly name!: string;
  @Field(1) readonly version!: number;
  @ObjectField(() => TablesVersion) readonly serving!: TablesVersion;
  @Field('live') readonly state!: string;
  @NumberField(0.01) readonly lagSeconds!: number;
  @Field('2026-06-11T18:12:07.044Z', { nullable: true }) readonly lastEventAt!: string | null;
  @ObjectField(() => ParkedCounts) readonly parked!: ParkedCounts;
  @ObjectField(() => TablesVersion, { nullable: true }) readonly previous!: TablesVersion | null;
  @ObjectField(() => RebuildAnswer, { nullable: true }) readonly rebuild!: RebuildAnswer | null;
}

export class ProjectionsAnswer {
  @ListField(() => ProjectionAnswer) readonly projections!: readonly ProjectionAnswer[];
}

export class ParkedEventAnswer {
  @Field('0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66') readonly id!: string;
  @Field('seatInventory-e1') readonly stream!: string;
  @Field(7) readonly revision!: number;
  @Field('SeatsReserved') readonly type!: string;
  @Field('unsupported Unicode escape sequence') readonly error!: string;
  @Field(3) readonly attempts!: number;
  @Field('2026-06-11T18:12:07.044Z') readonly parkedAt!: string;
  @Field(2, { description: 'Domain events of its stream that wait for this one' })
  readonly waiting!: number;
  @FreeField({}) readonly event!: unknown;
}

export class ParkedEventsAnswer {
  @ListField(() => ParkedEventAnswer) readonly parked!: readonly ParkedEventAnswer[];
}

export class AppliedAnswer {
  @Field(3) readonly applied!: number;
}
