import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import { attestedBy, MAX_SIGNED_HEADS_SHOWN, type SignedHeads } from '../../audit/signed-heads.js';
import { Access } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { PublicKeyAnswer, PublicKeysAnswer, SignedHeadsAnswer } from './signed-head-answers.js';
import { readRevision } from './audit-requests.js';
import { SIGNED_HEADS } from '../platform/tokens.js';

const AUDITING = ['auditor'] as const;

/**
 * Signed heads of the log's streams. Copies kept elsewhere prove later what the log contained. The
 * operation ids of the API are made from the name of this class.
 */
@ApiTags('audit')
@Controller('v1/audit')
export class CheckpointsController {
  constructor(@Inject(SIGNED_HEADS) private readonly checkpoints: SignedHeads) {}

  @Get('checkpoints')
  @Access(AUDITING)
  @ApiOperation({
    summary: 'Signed heads of the log, oldest first',
    description: 'What they prove, and how to verify one: docs/concepts/audit.md.',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer' },
    description: 'Number of the last signed head of the previous page',
  })
  @Answers(
    200,
    `At most ${MAX_SIGNED_HEADS_SHOWN}; \`next\` is null on the last page`,
    SignedHeadsAnswer,
  )
  @AnswersProblems(...PROBLEM_CODES.account, 'validation-failed')
  async list(@Query('after') after?: unknown): Promise<SignedHeadsAnswer> {
    const checkpoints = await this.checkpoints.list(
      Number(readRevision('after', after, 0n)),
      MAX_SIGNED_HEADS_SHOWN,
    );
    const more = checkpoints.length === MAX_SIGNED_HEADS_SHOWN;
    return {
      checkpoints: checkpoints.map((checkpoint) => ({
        ...checkpoint,
        madeAt: attestedBy(checkpoint).madeAt,
        streams: attestedBy(checkpoint).streams,
      })),
      next: more ? checkpoints.at(-1)!.number : null,
    };
  }

  @Get('keys')
  @Access(AUDITING)
  @ApiOperation({ summary: 'Public keys of the signed heads' })
  @Answers(200, 'A JWK set; the first key signs', PublicKeysAnswer)
  @AnswersProblems(...PROBLEM_CODES.account)
  keys(): PublicKeysAnswer {
    return { keys: this.checkpoints.publicKeys as readonly PublicKeyAnswer[] };
  }
}
