import { Field, ListField } from '../openapi/fields.js';

export class SignedHeadAnswer {
  @Field(1) readonly number!: number;
  @Field(
    '{"number":1,"madeAt":"2026-01-15T10:01:00.000Z","upTo":{"commit":"812","prepare":"2147"},' +
      '"streams":3,"root":"q1w2","previous":""}',
  )
  readonly document!: string;
  @Field('c2lnbmF0dXJl') readonly signature!: string;
  @Field('Zk3q9Xo1aBc') readonly kid!: string;
  @Field('2026-01-15T10:01:00.000Z') readonly madeAt!: string;
  @Field(3) readonly streams!: number;
}

export class SignedHeadsAnswer {
  @ListField(() => SignedHeadAnswer) readonly checkpoints!: readonly SignedHeadAnswer[];
  @Field(500, { nullable: true }) readonly next!: number | null;
}

export class PublicKeyAnswer {
  @Field('OKP') readonly kty!: string;
  @Field('Ed25519') readonly crv!: string;
  @Field('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo') readonly x!: string;
  @Field('Zk3q9Xo1aBc') readonly kid!: string;
  @Field('EdDSA') readonly alg!: string;
  @Field('sig') readonly use!: string;
}

export class PublicKeysAnswer {
  @ListField(() => PublicKeyAnswer) readonly keys!: readonly PublicKeyAnswer[];
}
