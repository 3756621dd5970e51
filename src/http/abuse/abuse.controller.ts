import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import { RULES } from '../../domain/abuse/score.js';
import { Access } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { ProtectionAnswer } from './abuse-answers.js';
import type { Protection } from './protection.js';
import { PROTECTION } from '../platform/tokens.js';

/** Maximum of accounts in the answer. */
const MAX_ACCOUNTS = 50;

@ApiTags('operation')
@Controller('v1/ops/abuse')
export class AbuseController {
  constructor(@Inject(PROTECTION) private readonly protection: Protection | null) {}

  @Get()
  @Access(['operator', 'auditor'])
  @ApiOperation({
    summary: 'Scoring rules, limits, and the accounts with the highest scores',
    description:
      'Scores are of the last ten minutes, as this node sees them; counts are since its start.',
  })
  @Answers(200, 'Rules, limits and highest scores', ProtectionAnswer)
  @AnswersProblems(...PROBLEM_CODES.account)
  now(): ProtectionAnswer {
    if (!this.protection) return { enabled: false };
    const { limits, counts } = this.protection;
    const { threshold, holdsPerAccount, holdsPerAddress, rates } = limits;
    return {
      enabled: true,
      threshold,
      limits: { holdsPerAccount, holdsPerAddress, ratesPerMinute: rates },
      rules: RULES.map(({ name: rule, says, because }) => ({ rule, says, because })),
      counts,
      accounts: this.protection.highestScores(MAX_ACCOUNTS),
    };
  }
}
