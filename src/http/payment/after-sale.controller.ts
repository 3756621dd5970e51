import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CancelEventCommand } from '../../commands/event/cancel-event.js';
import { ExchangeSeatsCommand } from '../../commands/seat-inventory/exchange-seats.js';
import { RefundSaleCommand } from '../../commands/payment/refund-sale.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type {
  CancellationQueries,
  CancellationView,
} from '../../read-models/event/cancellations-queries.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { afterSaleExamples } from './after-sale-examples.js';
import { CancelEventRequest, ExchangeRequest, RefundRequest } from './after-sale-requests.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { CANCELLATION_QUERIES, EVENT_QUERIES } from '../platform/tokens.js';
import { bodyAs } from '../validation/validate.js';

/** Bytes of a body that names a thousand seats. */
const SEATS_BODY_LIMIT = 256 * 1024;
/** Seconds after which whoever was told to wait asks again. */
const ASK_AGAIN_SECONDS = '1';

/** What the organiser does once seats are sold: pay back, give other seats, call the show off. */
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
    summary: 'Undo a sale: the seats are free again, the money goes back; repeating it is harmless',
  })
  @Answers(
    200,
    'Undone. `due`: the provider has not confirmed the refund yet; it is repeated until it does',
    afterSaleExamples.refunded,
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
  ): Promise<object> {
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
    summary: 'Give a buyer other seats, all or nothing',
    description: 'What they cost less is paid back; what they cost more is charged to `payment`.',
  })
  @Answers(
    200,
    'Exchanged; again, the same. With `refund` where the new seats cost less',
    afterSaleExamples.exchanged,
    {
      optional: ['refund'],
    },
  )
  @Answers(
    202,
    'The provider has not answered yet: send the same again',
    afterSaleExamples.exchangePending,
    {
      headers: {
        Location: 'Path of the reservation',
        'Retry-After': 'Seconds until it is worth asking',
      },
    },
  )
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
  ): Promise<object> {
    const context = this.contextOf(request, eventId, reservationId);
    const outcome = accepted(
      await this.commands.execute(
        new ExchangeSeatsCommand(
          eventId,
          reservationId,
          seatIds,
          payment?.token,
          force ?? false,
          context,
        ),
      ),
    );
    if (!outcome.settled) {
      const location = `/v1/events/${eventId}/reservations/${reservationId}`;
      reply.code(202).headers({ location, 'retry-after': ASK_AGAIN_SECONDS });
      return { reservationId, status: 'payment-pending' };
    }
    const { reservation, revision, refund } = outcome;
    const { status, seatIds: given, total } = reservation;
    return {
      ...{ reservationId, status, seatIds: given, total, revision: Number(revision) },
      ...(refund && { refund }),
    };
  }

  @Post('cancel')
  @HttpCode(202)
  @Access(ORGANIZING)
  @ApiOperation({
    summary:
      'Call the show off: nothing is sold any more, every sale is paid back; repeating it is harmless',
  })
  @Answers(202, 'Cancelled; the refunds are under way', afterSaleExamples.cancelled, {
    headers: { Location: 'Where to see how far the refunds have come' },
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
  ): Promise<object> {
    const context = this.contextOf(request, eventId);
    accepted(await this.commands.execute(new CancelEventCommand(eventId, reason, context)));
    await untilVisible(() => this.cancellations.of(eventId), ASKED_WAIT_MS, this.clock);
    reply.header('location', `/v1/events/${eventId}/cancellation`);
    return { eventId, status: 'cancelled' };
  }

  @Get('cancellation')
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'How far the refunds of a cancelled event have come' })
  @Answers(200, '`done` once everybody has the money back', afterSaleExamples.cancellation, {
    optional: ['finishedAt'],
  })
  @AnswersProblems(...PROBLEM_CODES.account, 'event-not-found', 'event-not-cancelled')
  async cancellation(@Param('eventId') eventId: string): Promise<CancellationView> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const view = await this.cancellations.of(eventId);
    if (view) return view;
    throw new Problem(
      (await this.events.event(eventId)) ? 'event-not-cancelled' : 'event-not-found',
    );
  }

  /** @throws Problem for what cannot be an id */
  private contextOf(request: FastifyRequest, eventId: string, reservationId?: string) {
    if (!isId(eventId)) throw new Problem('event-not-found');
    if (reservationId !== undefined && !isId(reservationId))
      throw new Problem('reservation-not-found');
    return contextOf(request, ORGANIZING, this.randomness);
  }
}
