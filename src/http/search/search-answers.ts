import { EventFields, SeatCountsAnswer } from '../event/event-answers.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, ListField, NumberField, ObjectField } from '../openapi/fields.js';

export class AvailabilityAnswer extends SeatCountsAnswer {
  @Field('AVAILABLE') readonly level!: string;
}

export class HighlightAnswer {
  @Field('name') readonly field!: string;
  @Field('<mark>Mexico</mark> v. South Africa') readonly html!: string;
}

export class SearchHitAnswer extends EventFields {
  @ObjectField(() => AvailabilityAnswer) readonly availability!: AvailabilityAnswer;
  @ListField(() => HighlightAnswer, { optional: true, description: 'Present only with `q`' })
  readonly highlights?: readonly HighlightAnswer[];
  @NumberField(12.41, { optional: true, description: 'Present only with `near`' })
  readonly distanceKm?: number;
}

export class FacetValue {
  @Field('Mexico City') readonly value!: string;
  @Field(1) readonly count!: number;
}

export class FacetsAnswer {
  @ListField(() => FacetValue) readonly cities!: readonly FacetValue[];
  @ListField(() => FacetValue) readonly categories!: readonly FacetValue[];
  @ListField(() => FacetValue) readonly months!: readonly FacetValue[];
  @ListField(() => FacetValue) readonly priceBands!: readonly FacetValue[];
  @ListField(() => FacetValue) readonly availability!: readonly FacetValue[];
}

export class SearchPageAnswer {
  @Field(1) readonly total!: number;
  @ListField(() => SearchHitAnswer) readonly hits!: readonly SearchHitAnswer[];
  @ObjectField(() => FacetsAnswer) readonly facets!: FacetsAnswer;
  @Field('WzAsMTc4MTIwNDQwMDAwMCwiN2IxYzBmNTIiXQ.4GJ0b2F5c2VhcmNoa2V5Zg', { nullable: true })
  readonly next!: string | null;
}

export class SuggestionAnswer {
  @Field('event') readonly kind!: string;
  @Field('Mexico v. South Africa') readonly text!: string;
  @Field('<mark>Mexico</mark> v. South Africa') readonly html!: string;
  @Field(EXAMPLE.eventId, { optional: true, description: 'Present only for an event' })
  readonly eventId?: string;
}

export class SuggestionsAnswer {
  @ListField(() => SuggestionAnswer) readonly suggestions!: readonly SuggestionAnswer[];
}
