import { RULES } from '../../domain/abuse/score.js';
import { Field, ListField, NumberField, ObjectField } from '../openapi/fields.js';

class RatesAnswer {
  @Field(1200) readonly readsPerAddress!: number;
  @Field(1200) readonly writesPerAddress!: number;
  @Field(600) readonly requestsPerAccount!: number;
  @Field(300) readonly reservationsPerAccount!: number;
}

class LimitsAnswer {
  @Field(50) readonly holdsPerAccount!: number;
  @Field(200) readonly holdsPerAddress!: number;
  @ObjectField(() => RatesAnswer) readonly ratesPerMinute!: RatesAnswer;
}

class RuleAnswer {
  @Field('steady-cadence') readonly rule!: string;
  @Field(RULES[0]!.says) readonly says!: string;
  @Field(RULES[0]!.because) readonly because!: string;
}

class CountsAnswer {
  @Field(12, { description: 'Challenges sent' }) readonly asked!: number;
  @Field(11, { description: 'Valid proofs' }) readonly solved!: number;
  @Field(1, { description: 'Invalid proofs' }) readonly wrong!: number;
  @Field(0, { description: 'Rejected by a limit of open holds' }) readonly capped!: number;
  @Field(3, { description: 'Rejected by a rate or decline limit' }) readonly limited!: number;
}

class EvidenceAnswer {
  @Field('accounts-per-address') readonly rule!: string;
  @Field(35) readonly points!: number;
}

class ScoredAccount {
  @Field('web-1') readonly accountId!: string;
  @NumberField(65) readonly score!: number;
  @ListField(() => EvidenceAnswer) readonly evidence!: readonly EvidenceAnswer[];
}

export class ProtectionAnswer {
  @Field(true, { description: 'The other fields are missing when this is false' })
  readonly enabled!: boolean;
  @Field(65, { optional: true, description: 'Score from which a reservation costs work' })
  readonly threshold?: number;
  @ObjectField(() => LimitsAnswer, { optional: true }) readonly limits?: LimitsAnswer;
  @ListField(() => RuleAnswer, { optional: true }) readonly rules?: readonly RuleAnswer[];
  @ObjectField(() => CountsAnswer, { optional: true }) readonly counts?: CountsAnswer;
  @ListField(() => ScoredAccount, { optional: true })
  readonly accounts?: readonly ScoredAccount[];
}
