import { Body, Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CheckInTicketCommand } from '../../commands/ticket/check-in-ticket.js';
import { RANDOMNESS, TICKET_SIGNER } from '../../commands/shared/tokens.js';
import { placeOf } from '../../domain/seating-plan/place.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { TicketSigner } from '../../ports/ticket/ticket-signer.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { FOR_AN_HOUR } from '../platform/caching.js';
import { contextOf } from '../platform/command-context.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { CheckedInTicket, TicketKeys } from './ticket-answers.js';
import { CheckInRequest } from './ticket-requests.js';
import type { Tickets } from './tickets.js';
import { TICKETS } from '../platform/tokens.js';
import { bodyAs } from '../validation/validate.js';

/** Check-in of tickets, and the keys to verify them offline. */
@ApiTags('tickets')
@Controller()
export class CheckInsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(TICKET_SIGNER) private readonly signer: TicketSigner,
    @Inject(TICKETS) private readonly tickets: Tickets,
  ) {}

  @Post('v1/events/:eventId/check-ins')
  @HttpCode(200)
  @Access(ORGANIZING)
  @ApiOperation({
    summary: 'Check a ticket in, once',
    description:
      'If two scanners send the same ticket at the same moment, one of them is rejected.',
  })
  @Answers(200, 'Checked in', CheckedInTicket)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
    'ticket-code-invalid',
    'ticket-key-unknown',
    'ticket-wrong-event',
    'ticket-not-found',
    'ticket-refunded',
    'ticket-exchanged',
    'ticket-already-redeemed',
    'read-model-behind',
  )
  async checkIn(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(CheckInRequest)) { code }: CheckInRequest,
  ): Promise<CheckedInTicket> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const context = contextOf(request, ORGANIZING, this.randomness);
    const { redeemed } = accepted(
      await this.commands.execute(new CheckInTicketCommand(eventId, code, context)),
    );
    const { ticketId, seatId, redeemedAt } = redeemed;
    const { layout } = await this.tickets.layoutOf(eventId);
    const { section, row, number, rowLabel, seatLabel } = placeOf(
      layout,
      layout.indexOf.get(seatId)!,
    );
    return { ticketId, seatId, section, row, number, rowLabel, seatLabel, redeemedAt };
  }

  /** Scanners may cache the keys for an hour: a new key is published before it signs. */
  @Get('.well-known/jwks.json')
  @Header('cache-control', FOR_AN_HOUR)
  @ApiOperation({
    summary: 'Get the public keys of ticket codes',
    description: 'A scanner verifies tickets offline with them: see docs/tickets.md.',
  })
  @Answers(200, 'A JWK set; the first key signs', TicketKeys, {
    headers: { 'Cache-Control': FOR_AN_HOUR },
  })
  keys(): TicketKeys {
    return { keys: this.signer.publicKeys };
  }
}
