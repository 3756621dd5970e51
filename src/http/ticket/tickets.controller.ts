import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { TicketStanding } from '../../domain/ticket/decide.js';
import { placeOf } from '../../domain/seating-plan/place.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import {
  isConfirmedView,
  type ConfirmedReservationView,
} from '../../read-models/seat-inventory/reservations.js';
import {
  isValidTicket,
  type TicketQueries,
  type TicketView,
} from '../../read-models/ticket/tickets-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import { ASKED_WAIT_MS, AtLeast, readAtLeast, readAtLeastOf } from '../platform/freshness.js';
import { Problem } from '../problems/problems.js';
import { isCursor, isId } from '../validation/rules.js';
import { OwnTickets } from './ticket-answers.js';
import { DEFAULT_TICKETS, TicketListQuery } from './ticket-requests.js';
import { printed, type Tickets } from './tickets.js';
import * as tokens from '../platform/tokens.js';
import { queryAs } from '../validation/validate.js';

const OF_TICKET = [
  ...PROBLEM_CODES.account,
  'ticket-not-found',
  'ticket-refunded',
  'ticket-exchanged',
  'validation-failed',
  'event-not-found',
  'read-model-behind',
  'printer-busy',
] as const;

/** A customer's tickets, to list, show and print. To other accounts they do not exist (404). */
@ApiTags('tickets')
@Controller('v1')
export class TicketsController {
  constructor(
    @Inject(tokens.TICKETS) private readonly tickets: Tickets,
    @Inject(tokens.TICKET_QUERIES) private readonly queries: TicketQueries,
    @Inject(tokens.TICKET_PRINTER) private readonly printer: TicketPrinter,
    @Inject(tokens.FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(tokens.EVENT_QUERIES) private readonly events: EventQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('me/tickets')
  @Access(CUSTOMER)
  @ApiOperation({
    summary: 'List your own tickets, newest first',
    description: 'Valid tickets have a `code`. Refunded and exchanged tickets stay listed.',
  })
  @Answers(200, 'One page; `next` is null on the last page', OwnTickets)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'cursor-invalid',
    'event-not-found',
    'read-model-behind',
  )
  async own(
    @Req() request: FastifyRequest,
    @Query(queryAs(TicketListQuery)) query: TicketListQuery,
  ): Promise<OwnTickets> {
    const { eventId, limit = DEFAULT_TICKETS, cursor } = query;
    const atLeast = readAtLeastOf(eventId, query.atLeast);
    if (cursor !== undefined && !isCursor(cursor)) throw new Problem('cursor-invalid');
    const customerId = accountOf(request).id;
    if (eventId !== undefined) await this.reservations.waitFor(customerId, eventId, atLeast);
    if (cursor === undefined) await this.waitForPurchases(customerId, eventId);
    const { tickets, next } = await this.queries.ofCustomer(customerId, { limit, cursor, eventId });
    return { tickets: await Promise.all(tickets.map((ticket) => this.shown(ticket))), next };
  }

  /**
   * Waits until the tickets of the customer's own purchases are issued, at most `ASKED_WAIT_MS`.
   */
  private async waitForPurchases(customerId: string, eventId: string | undefined): Promise<void> {
    await this.reservations.list(customerId, eventId);
    const complete = async () => (await this.queries.complete(customerId)) || undefined;
    await untilVisible(complete, ASKED_WAIT_MS, this.clock);
  }

  private async shown(ticket: TicketView): Promise<OwnTickets['tickets'][number]> {
    const { eventId, reservationId, ticketId, seatId, status, issuedAt, redeemedAt } = ticket;
    const { layout } = await this.tickets.layoutOf(eventId);
    const place = placeOf(layout, layout.indexOf.get(seatId)!);
    const of = { eventId, reservationId, ticketId, seatId, ...place, status, issuedAt, redeemedAt };
    return isValidTicket(ticket) ? { ...of, code: this.tickets.codeOf(ticket) } : of;
  }

  @Get('events/:eventId/tickets/:ticketId/qr.svg')
  @Access(CUSTOMER)
  @ApiOperation({ summary: 'Get the QR code of one of your own tickets as SVG' })
  @Answers(
    200,
    'The image',
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 85 85">…</svg>',
    {
      mediaType: 'image/svg+xml',
    },
  )
  @AtLeast()
  @AnswersProblems(...OF_TICKET)
  async qrSvg(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('ticketId') ticketId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const code = await this.codeOf(request, eventId, ticketId, atLeast);
    const image = await printed(this.printer.qrSvg(code, printedFor(request)));
    reply.header('content-type', 'image/svg+xml; charset=utf-8').send(image);
  }

  @Get('events/:eventId/tickets/:ticketId/qr.png')
  @Access(CUSTOMER)
  @ApiOperation({ summary: 'Get the QR code of one of your own tickets as PNG' })
  @Answers(200, 'The image', '(bytes)', { mediaType: 'image/png' })
  @AtLeast()
  @AnswersProblems(...OF_TICKET)
  async qrPng(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('ticketId') ticketId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const code = await this.codeOf(request, eventId, ticketId, atLeast);
    const image = await printed(this.printer.qrPng(code, printedFor(request)));
    reply.header('content-type', 'image/png').send(Buffer.from(image));
  }

  private async codeOf(
    request: FastifyRequest,
    eventId: string,
    ticketId: string,
    atLeast: unknown,
  ): Promise<string> {
    const revision = readAtLeast(atLeast);
    if (!isId(eventId) || !isId(ticketId)) throw new Problem('ticket-not-found');
    await this.reservations.waitFor(accountOf(request).id, eventId, revision);
    const ticket = await this.queries.ofOwner(accountOf(request).id, eventId, ticketId);
    if (!ticket) throw new Problem('ticket-not-found');
    if (isValidTicket(ticket)) return this.tickets.codeOf(ticket);
    throw new Problem(`ticket-${ticket.status as Exclude<TicketStanding, 'valid'>}`);
  }

  @Get('events/:eventId/reservations/:reservationId/tickets.pdf')
  @Access(CUSTOMER)
  @ApiOperation({
    summary: 'Get the tickets of one of your own reservations as PDF, one page each',
  })
  @Answers(200, 'The document', '(bytes)', { mediaType: 'application/pdf' })
  @AtLeast()
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'event-not-found',
    'reservation-not-found',
    'reservation-not-confirmed',
    'reservation-refunded',
    'read-model-behind',
    'printer-busy',
  )
  async pdf(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const customerId = accountOf(request).id;
    const revision = readAtLeast(atLeast);
    const view = await this.confirmedReservation(customerId, eventId, reservationId, revision);
    const event = await this.events.event(eventId);
    if (!event) throw new Problem('read-model-behind');
    const toPrint = await this.tickets.toPrint(view, event);
    const document = await printed(this.printer.pdf(toPrint, printedFor(request)));
    reply
      .header('content-type', 'application/pdf')
      .header('content-disposition', `inline; filename="tickets-${reservationId}.pdf"`)
      .send(Buffer.from(document));
  }

  /** @throws Problem unless the customer has this reservation and it is confirmed */
  private async confirmedReservation(
    customerId: string,
    eventId: string,
    reservationId: string,
    atLeast: number | undefined,
  ): Promise<ConfirmedReservationView> {
    if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
    const view = await this.reservations.find(customerId, { eventId, reservationId }, atLeast);
    if (!view) throw new Problem('reservation-not-found');
    if (view.status === 'refunded') throw new Problem('reservation-refunded');
    if (!isConfirmedView(view)) throw new Problem('reservation-not-confirmed');
    return view;
  }
}

const printedFor = (request: FastifyRequest) => ({ account: accountOf(request).id });
