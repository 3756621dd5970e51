import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CancelEventCommand } from '../../commands/event/cancel-event.js';
import {
  ExchangeSeatsCommand,
  type ExchangeOutcome,
} from '../../commands/seat-inventory/exchange-seats.js';
import { RefundSaleCommand } from '../../commands/payment/refund-sale.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { CancellationQueries } from '../../read-models/event/cancellations-queries.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { CancelEventRequest, ExchangeRequest, RefundRequest } from './after-sale-requests.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { CANCELLATION_QUERIES, EVENT_QUERIES } from '../platform/tokens.js';
import {
  CanceledEvent,
  CancellationAnswer,
  ExchangedSale,
  PendingPayment,
  RefundedSale,
} from './payment-answers.js';
import { bodyAs } from '../validation/validate.js';

/** Maximum size of a body with a thousand seats. Bytes. */
const SEATS_BODY_LIMIT = 256 * 1024;
/** Seconds that a client waits before it repeats a pending exchange. */
const RETRY_AFTER_SECONDS = '1';

/** Refunds, exchanges and cancellation by the organizer. */
@ApiTags('after the sale')
@Controller('v1/events/:eventId')
export class AfterSaleController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
    @Inject(CANCELLATION_QUERIES) private readonly cancellations: CancellationQueries,
  ) {}

  @Post('reservations/:reservationId/refund')
  @HttpCode(200)
  @Access(ORGANIZING)
  @ApiOperation({
    summary: 'Refund a sale: its seats are available again; repeating it is harmless',
  })
  @Answers(
    200,
    'Refunded. `due`: the provider has not confirmed the refund yet; it is repeated until then',
    RefundedSale,
  )
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
    'reservation-not-found',
    'reservation-not-confirmed',
    'ticket-already-redeemed',
  )
  async refund(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Body(bodyAs(RefundRequest, {})) { force }: RefundRequest,
  ): Promise<RefundedSale> {
    const context = this.contextOf(request, eventId, reservationId);
    const { reservation, revision, refund } = accepted(
      await this.commands.execute(
        new RefundSaleCommand(eventId, reservationId, force ?? false, context),
      ),
    );
    return { reservationId, status: reservation.status, refund, revision: Number(revision) };
  }

  @Post('reservations/:reservationId/exchange')
  @HttpCode(200)
  @Access(ORGANIZING, { bodyLimit: SEATS_BODY_LIMIT })
  @ApiOperation({
    summary: 'Exchange the seats of a sale, all or nothing',
    description: 'A lower price is refunded in part; a higher price is charged to `payment`.',
  })
  @Answers(
    200,
    'Exchanged; repeated, the same. With `refund` if the new seats cost less',
    ExchangedSale,
  )
  @Answers(202, 'The payment provider has not answered yet: repeat the request', PendingPayment, {
    headers: {
      Location: 'Path of the reservation',
      'Retry-After': 'Seconds to wait before the next request',
    },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
    'reservation-not-found',
    'reservation-not-confirmed',
    'reservation-refunded',
    'ticket-already-redeemed',
    'event-cancelled',
    'no-seats-requested',
    'seats-repeated',
    'seats-unknown',
    'too-many-seats',
    'seats-unavailable',
    'single-seat-left',
    'payment-required',
    'amount-not-chargeable',
    'payment-declined',
    'payment-token-unknown',
    'payment-under-way',
    'payment-attempts-exhausted',
    'exchange-refused',
  )
  async exchange(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Body(bodyAs(ExchangeRequest)) { seatIds, payment, force }: ExchangeRequest,
  ): Promise<ExchangedSale | PendingPayment> {
    const context = this.contextOf(request, eventId, reservationId);
    const { token } = payment ?? {};
    const ids = [eventId, reservationId] as const;
    const command = new ExchangeSeatsCommand(...ids, seatIds, token, force ?? false, context);
    const outcome = accepted(await this.commands.execute(command));
    if (outcome.settled) return exchangedSale(outcome);
    const location = `/v1/events/${eventId}/reservations/${reservationId}`;
    reply.code(202).headers({ location, 'retry-after': RETRY_AFTER_SECONDS });
    return { reservationId, status: 'payment-pending' };
  }

  @Post('cancel')
  @HttpCode(202)
  @Access(ORGANIZING)
  @ApiOperation({
    summary: 'Cancel the event: sales end, and all sales are refunded; repeating it is harmless',
  })
  @Answers(202, 'Canceled; refunds are in progress', CanceledEvent, {
    headers: { Location: 'Path of the progress of the refunds' },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
  )
  async cancel(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Body(bodyAs(CancelEventRequest)) { reason }: CancelEventRequest,
  ): Promise<CanceledEvent> {
    const context = this.contextOf(request, eventId);
    accepted(await this.commands.execute(new CancelEventCommand(eventId, reason, context)));
    await untilVisible(() => this.cancellations.of(eventId), ASKED_WAIT_MS, this.clock);
    reply.header('location', `/v1/events/${eventId}/cancellation`);
    return { eventId, status: 'cancelled' };
  }

  @Get('cancellation')
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'Get the progress of the refunds of a canceled event' })
  @Answers(200, '`done` once all sales are refunded', CancellationAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'event-not-found', 'event-not-cancelled')
  async cancellation(@Param('eventId') eventId: string): Promise<CancellationAnswer> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const view = await this.cancellations.of(eventId);
    if (view) return view;
    throw new Problem(
      (await this.events.event(eventId)) ? 'event-not-cancelled' : 'event-not-found',
    );
  }

  /** @throws Problem for an invalid id */
  private contextOf(request: FastifyRequest, eventId: string, reservationId?: string) {
    if (!isId(eventId)) throw new Problem('event-not-found');
    if (reservationId !== undefined && !isId(reservationId))
      throw new Problem('reservation-not-found');
    return contextOf(request, ORGANIZING, this.randomness);
  }
}

const exchangedSale = ({
  reservation: { id: reservationId, status, seatIds, total },
  revision,
  refund,
}: Extract<ExchangeOutcome, { settled: true }>): ExchangedSale => ({
  reservationId,
  status,
  seatIds,
  total,
  revision: Number(revision),
  ...(refund && { refund }),
});
