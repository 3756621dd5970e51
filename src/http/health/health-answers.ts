import { Field, MapField } from '../openapi/fields.js';

export class LiveAnswer {
  @Field('ok') readonly status!: string;
}

export class ReadyAnswer {
  @Field('ready') readonly status!: string;
  @MapField({ 'event store': 'ok', log: 'withheld', database: 'ok' })
  readonly checks!: Readonly<Record<string, string>>;
  @MapField(
    {
      log:
        'transaction of psql (pid 4711) in database shop, idle in transaction, ' + 'open for 95 s',
    },
    { optional: true, description: 'Causes of the checks that are not `ok`' },
  )
  readonly causes?: Readonly<Record<string, string>>;
}

export class ClockAnswer {
  @Field(1_781_204_400_000, { description: 'Milliseconds since the epoch' }) readonly now!: number;
}
