import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { Inject } from '../../commands/shared/inject.js';
import { MayBeLeftOut } from '../validation/rules.js';
import { ACCOUNT_ID, MAX_ACCOUNT_ID_LENGTH, ROLES, type Role } from './accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { Field } from '../openapi/fields.js';
import { Problem } from '../problems/problems.js';
import type { TokenVerifier } from './token-verifier.js';
import type { HttpSettings } from '../platform/http-settings.js';
import { HTTP_SETTINGS, TOKEN_VERIFIER } from '../platform/tokens.js';
import { validated } from '../validation/validate.js';

const DEFAULT_LIFETIME_SECONDS = 12 * 3_600;
const MAX_LIFETIME_SECONDS = 30 * 24 * 3_600;

class DevTokenRequest {
  @Matches(ACCOUNT_ID, {
    message: `must be 1 to ${MAX_ACCOUNT_ID_LENGTH} visible ASCII characters`,
  })
  @ApiProperty({ maxLength: MAX_ACCOUNT_ID_LENGTH, example: 'alice' })
  sub!: string;

  @IsArray()
  @ArrayMaxSize(ROLES.length)
  @IsIn(ROLES, { each: true })
  @ApiProperty({ enum: ROLES, isArray: true, example: ['customer'] })
  roles!: Role[];

  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(MAX_LIFETIME_SECONDS)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    example: 43200,
  })
  expiresInSeconds?: number;
}

class DevTokenAnswer {
  @Field('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlcyI6WyJjdXN0b21lciJdfQ.c2lnbmF0dXJl')
  readonly token!: string;
  @Field('Bearer') readonly tokenType!: string;
  @Field('2026-01-15T22:00:00.000Z') readonly expiresAt!: string;
}

/** Issues tokens to anyone, so that the service can be tried without an identity provider. */
@ApiTags('development')
@Controller('v1/dev/tokens')
export class DevTokensController {
  constructor(
    @Inject(TOKEN_VERIFIER) private readonly tokens: TokenVerifier,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
  ) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Issues a token for any account and roles',
    description: 'Only where `DEV_TOKENS` is on, never in production; else 404.',
  })
  @ApiBody({ type: DevTokenRequest })
  @Answers(201, 'The token', DevTokenAnswer)
  @AnswersProblems(
    'validation-failed',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
    'not-found',
  )
  async issue(@Body() body: unknown): Promise<DevTokenAnswer> {
    if (!this.settings.devTokens || !('secret' in this.settings.auth.keys))
      throw new Problem('not-found');
    const { sub, roles, expiresInSeconds } = validated(DevTokenRequest, body);
    const lifetime = expiresInSeconds ?? DEFAULT_LIFETIME_SECONDS;
    const { token, expiresAt } = await this.tokens.issue(sub, roles, lifetime);
    return { token, tokenType: 'Bearer', expiresAt: new Date(expiresAt).toISOString() };
  }
}
