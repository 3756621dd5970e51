import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { LedgerQueries, LedgerTotals } from '../../read-models/payment/ledger-queries.js';
import { Access } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { examples } from '../openapi/examples.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { EVENT_QUERIES, LEDGER_QUERIES } from '../platform/tokens.js';

/** Who may read the books. */
const READING = ['operator', 'auditor'] as const;
const IDENTITY =
  'Per currency: what was captured is kept, refunded, owed or unsettled, and the four make up the first; otherwise the books are not `balanced`.';

@ApiTags('ledger')
@Controller('v1/ops/ledger')
export class LedgerController {
  constructor(
    @Inject(LEDGER_QUERIES) private readonly ledger: LedgerQueries,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
  ) {}

  @Get()
  @Access(READING)
  @ApiOperation({ summary: 'Where all the money is', description: IDENTITY })
  @Answers(200, 'Nothing before the first capture', examples.ledger)
  @AnswersProblems(...PROBLEM_CODES.account)
  async all(): Promise<object> {
    return verdictOn(await this.ledger.totals());
  }

  @Get('events/:eventId')
  @Access(READING)
  @ApiOperation({ summary: 'Where the money of one event is', description: IDENTITY })
  @Answers(200, 'Nothing before its first capture', examples.ledgerOfEvent)
  @AnswersProblems(...PROBLEM_CODES.account, 'event-not-found')
  async ofEvent(@Param('eventId') eventId: string): Promise<object> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const totals = await this.ledger.totalsOf(eventId);
    // Money is money, also where the event itself is not shown yet.
    if (totals.length === 0 && !(await this.events.event(eventId)))
      throw new Problem('event-not-found');
    return { eventId, ...verdictOn(totals) };
  }
}

const verdictOn = (totals: readonly LedgerTotals[]) => ({
  balanced: totals.every(({ balanced }) => balanced),
  totals,
});
