import { Body, Controller, Delete, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { BlockSeatsCommand } from '../../commands/seat-inventory/block-seats.js';
import { CloseSalesCommand } from '../../commands/seat-inventory/close-sales.js';
import { RANDOMNESS } from '../../commands/shared/tokens.js';
import { UnblockSeatsCommand } from '../../commands/seat-inventory/unblock-seats.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { BlockRequest, CloseSalesRequest, UnblockRequest } from '../event/event-requests.js';
import { ChangedSeats, ClosedSales } from './seat-answers.js';
import type { ProblemCode } from '../problems/table/problem-table.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { bodyAs } from '../validation/validate.js';

/** Maximum size of a body with a thousand seats. Bytes. */
const SEATS_BODY_LIMIT = 256 * 1024;

const OF_SEATS: readonly ProblemCode[] = [
  ...PROBLEM_CODES.account,
  ...PROBLEM_CODES.body,
  ...PROBLEM_CODES.command,
  'event-not-found',
  'event-cancelled',
  'no-seats-requested',
  'seats-repeated',
  'seats-unknown',
  'too-many-seats',
  'seats-unavailable',
];

/** Changes of a running sale by the organizer. */
@ApiTags('events')
@Controller('v1/events/:eventId')
export class SaleController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
  ) {}

  @Post('blocks')
  @HttpCode(200)
  @Access(ORGANIZING, { bodyLimit: SEATS_BODY_LIMIT })
  @ApiOperation({
    summary: 'Block available seats, so that they are not sold',
    description: 'At most 1,000 seats at once.',
  })
  @Answers(200, 'Blocked', ChangedSeats)
  @AnswersProblems(...OF_SEATS)
  async block(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(BlockRequest)) { seatIds, reason }: BlockRequest,
  ): Promise<ChangedSeats> {
    const context = this.contextOf(request, eventId);
    const command = new BlockSeatsCommand(eventId, seatIds, reason ?? '', context);
    const { revision } = accepted(await this.commands.execute(command));
    return { revision: Number(revision), seatIds };
  }

  @Delete('blocks')
  @Access(ORGANIZING, { bodyLimit: SEATS_BODY_LIMIT })
  @ApiOperation({ summary: 'Put blocked seats back on sale' })
  @Answers(200, 'On sale', ChangedSeats)
  @AnswersProblems(...OF_SEATS)
  async unblock(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(UnblockRequest)) { seatIds }: UnblockRequest,
  ): Promise<ChangedSeats> {
    const command = new UnblockSeatsCommand(eventId, seatIds, this.contextOf(request, eventId));
    const { revision } = accepted(await this.commands.execute(command));
    return { revision: Number(revision), seatIds };
  }

  @Post('close-sales')
  @HttpCode(200)
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'Close sales; held reservations may still be paid' })
  @Answers(200, 'Closed', ClosedSales)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
  )
  async closeSales(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(CloseSalesRequest, {})) { reason }: CloseSalesRequest,
  ): Promise<ClosedSales> {
    const command = new CloseSalesCommand(eventId, reason ?? '', this.contextOf(request, eventId));
    const { revision } = accepted(await this.commands.execute(command));
    return { revision: Number(revision) };
  }

  /** @throws Problem for an invalid event id */
  private contextOf(request: FastifyRequest, eventId: string) {
    if (!isId(eventId)) throw new Problem('event-not-found');
    return contextOf(request, ORGANIZING, this.randomness);
  }
}
