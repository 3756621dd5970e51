import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { LedgerQueries, LedgerTotals } from '../../read-models/payment/ledger-queries.js';
import { Access } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { EventLedgerAnswer, LedgerAnswer } from './payment-answers.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { EVENT_QUERIES, LEDGER_QUERIES } from '../platform/tokens.js';

const READING = ['operator', 'auditor'] as const;
const IDENTITY =
  'Per currency, the captured amount is the sum of the kept, refunded, owed and unsettled ' +
  'amounts; otherwise the ledger is not `balanced`.';

@ApiTags('ledger')
@Controller('v1/ops/ledger')
export class LedgerController {
  constructor(
    @Inject(LEDGER_QUERIES) private readonly ledger: LedgerQueries,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
  ) {}

  @Get()
  @Access(READING)
  @ApiOperation({ summary: 'Get the totals of all payments', description: IDENTITY })
  @Answers(200, 'Empty before the first capture', LedgerAnswer)
  @AnswersProblems(...PROBLEM_CODES.account)
  async all(): Promise<LedgerAnswer> {
    return ledgerAnswer(await this.ledger.totals());
  }

  @Get('events/:eventId')
  @Access(READING)
  @ApiOperation({ summary: 'Get the totals of the payments of one event', description: IDENTITY })
  @Answers(200, 'Empty before its first capture', EventLedgerAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'event-not-found')
  async ofEvent(@Param('eventId') eventId: string): Promise<EventLedgerAnswer> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const totals = await this.ledger.totalsOf(eventId);
    // Payments count even if the event is not projected yet.
    if (totals.length === 0 && !(await this.events.event(eventId)))
      throw new Problem('event-not-found');
    return { eventId, ...ledgerAnswer(totals) };
  }
}

const ledgerAnswer = (totals: readonly LedgerTotals[]) => ({
  balanced: totals.every(({ balanced }) => balanced),
  totals,
});
