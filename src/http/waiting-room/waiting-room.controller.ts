import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import {
  ConfigureWaitingRoomCommand,
  MoveWaitingRoomCommand,
} from '../../commands/waiting-room/steer-waiting-room.js';
import { CLOCK, RANDOMNESS, WAITING_ROOMS } from '../../commands/shared/tokens.js';
import type {
  RoomStatus,
  TicketOutcome,
  WaitingRooms,
} from '../../commands/waiting-room/waiting-rooms.js';
import type { RoomSettings } from '../../domain/waiting-room/events.js';
import { stateOf, type WaitingRoom } from '../../domain/waiting-room/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER, ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { FOR_A_SECOND } from '../platform/caching.js';
import { contextOf } from '../platform/command-context.js';
import { sendProblem } from '../problems/problem-replies.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { EVENT_QUERIES, PLACE_SIGNER } from '../platform/tokens.js';
import { bodyAs } from '../validation/validate.js';
import { readQueueNumber } from './pass-check.js';
import {
  PassRequest,
  SIGNED_NUMBER,
  ticketSchema,
  type TicketBody,
  WaitingRoomChanges,
  WaitingRoomRequest,
} from './waiting-room-requests.js';
import { TradeForPass } from './trade-for-pass.js';
import {
  NumberAnswer,
  PassAnswer,
  publicStatus,
  RoomAnswer,
  RoomStatusAnswer,
  RoomWatchAnswer,
  WaitingAnswer,
  watchAnswer,
} from './waiting-room-answers.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The waiting room of an event: its status, its queue, and its control by the organizer.
 * `takeNumber` is the hot route of a rush: it reads the request and writes the answer itself,
 * without Nest's pipes and serializer.
 */
@ApiTags('waiting room')
@Controller('v1/events/:eventId/waiting-room')
export class WaitingRoomController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(WAITING_ROOMS) private readonly rooms: WaitingRooms,
    @Inject(PLACE_SIGNER) private readonly signer: PlaceSigner,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
    private readonly tradeForPass: TradeForPass,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Public status: clients derive the place of their number from it',
  })
  @Answers(200, 'The same for everyone', RoomStatusAnswer, {
    headers: { ETag: 'Digest of the answer', 'Cache-Control': FOR_A_SECOND },
  })
  @AnswersProblems('event-not-found', 'event-store-unavailable')
  async status(@Param('eventId') eventId: string): Promise<RoomStatusAnswer> {
    return publicStatus(eventId, await this.statusOf(eventId), this.clock.now());
  }

  @Post('tickets')
  @HttpCode(201)
  @Access(CUSTOMER)
  @RouteSchema(ticketSchema)
  @ApiParam({ name: 'eventId' })
  @ApiBody({
    required: false,
    schema: ticketSchema.body as object,
    examples: { first: { value: {} }, again: { value: { ticket: SIGNED_NUMBER } } },
  })
  @ApiOperation({ summary: 'Take a queue number: always the same one for an account' })
  @Answers(201, 'Your number, signed', NumberAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    'number-invalid',
    'number-wrong-event',
    'number-wrong-account',
    'waiting-room-closed',
    'waiting-room-full',
    'waiting-room-unavailable',
    'event-store-unavailable',
    'outcome-unknown',
  )
  async takeNumber(
    @Req() request: FastifyRequest<{ Params: { eventId: string }; Body: TicketBody }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { eventId } = request.params;
    if (!isId(eventId)) return void sendProblem(request, reply, 'event-not-found');
    const account = accountOf(request).id;
    const text = request.body?.ticket;
    const shown = text == null ? undefined : readQueueNumber(this.signer, text, eventId, account);
    const taken = await this.rooms.takeNumber(eventId, account, shown);
    if ('closed' in taken) {
      return void sendProblem(request, reply, 'waiting-room-closed', { state: taken.closed });
    }
    const answer = this.numberAnswer(taken);
    reply.code(201).header('content-type', JSON_TYPE).send(JSON.stringify(answer));
  }

  @Post('pass')
  @HttpCode(200)
  @Access(CUSTOMER)
  @ApiOperation({
    summary: 'Trade a queue number for a pass once it is called; repeated, the same pass',
  })
  @Answers(200, 'The pass, to be sent in the header `Boxoffice-Pass` of reservations', PassAnswer)
  @Answers(
    202,
    '`waiting`: not called yet; `called`: a slot is about to be free; `not-drawn`: places are ' +
      'being drawn',
    WaitingAnswer,
    { headers: { 'Retry-After': 'Seconds to wait before the next attempt' } },
  )
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    'number-invalid',
    'number-wrong-event',
    'number-wrong-account',
    'number-spent',
    'number-outdated',
    'waiting-room-closed',
    'waiting-room-full',
    'waiting-room-unavailable',
    'event-store-unavailable',
  )
  async trade(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Body(bodyAs(PassRequest)) body: PassRequest,
  ): Promise<PassAnswer | WaitingAnswer> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const result = await this.tradeForPass.execute(eventId, accountOf(request).id, body.ticket);
    if ('pass' in result) return result.pass;
    reply.code(202).header('retry-after', String(result.retryAfter));
    return result.waiting;
  }

  @Put()
  @HttpCode(200)
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'Set up a waiting room for an event, or replace its settings' })
  @Answers(200, 'Reservations need a pass from now on', RoomAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    'event-not-found',
    'waiting-room-open',
    'event-store-unavailable',
    'outcome-unknown',
  )
  configure(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(WaitingRoomRequest)) body: WaitingRoomRequest,
  ): Promise<RoomAnswer> {
    return this.set(request, eventId, body, true);
  }

  @Patch()
  @Access(ORGANIZING)
  @ApiOperation({
    summary: 'Change settings while the room is on; open, pause, end or switch it off',
  })
  @Answers(200, 'The settings and state now', RoomAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    'event-not-found',
    'waiting-room-not-configured',
    'waiting-room-over',
    'waiting-room-open',
    'event-store-unavailable',
    'outcome-unknown',
  )
  async change(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(WaitingRoomChanges)) { state, ...settings }: WaitingRoomChanges,
  ): Promise<RoomAnswer> {
    const hasSettings = Object.values(settings).some((value) => value != null);
    if (state == null) return this.set(request, eventId, settings, false);
    if (hasSettings) await this.set(request, eventId, settings, false);
    if (!isId(eventId)) throw new Problem('event-not-found');
    const context = contextOf(request, ORGANIZING, this.randomness);
    const command = new MoveWaitingRoomCommand(eventId, state, context);
    return this.roomAnswer(eventId, accepted(await this.commands.execute(command)).room);
  }

  @Get('watch')
  @Access(ORGANIZING)
  @ApiOperation({
    summary:
      'Figures for the organizer: arrivals, shoppers inside, numbers served per minute, no-shows',
  })
  @Answers(200, 'Figures as this node last saw them; rates are of the last minute', RoomWatchAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'event-not-found',
    'waiting-room-full',
    'waiting-room-unavailable',
    'event-store-unavailable',
  )
  async watch(@Param('eventId') eventId: string): Promise<RoomWatchAnswer> {
    return watchAnswer(await this.statusOf(eventId));
  }

  private async set(
    request: FastifyRequest,
    eventId: string,
    body: Partial<RoomSettings>,
    replace: boolean,
  ): Promise<RoomAnswer> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const given = Object.entries(body).filter(([, value]) => value != null);
    const settings = Object.fromEntries(given) as Partial<RoomSettings>;
    const opensAt = settings.opensAt && { opensAt: new Date(settings.opensAt).toISOString() };
    const context = contextOf(request, ORGANIZING, this.randomness);
    const command = new ConfigureWaitingRoomCommand(
      eventId,
      { ...settings, ...opensAt },
      replace,
      context,
    );
    return this.roomAnswer(eventId, accepted(await this.commands.execute(command)).room);
  }

  private roomAnswer(eventId: string, room: NonNullable<WaitingRoom>): RoomAnswer {
    return { eventId, state: stateOf(room, this.clock.now()), settings: room.settings };
  }

  private numberAnswer({
    ticket,
    place,
  }: Extract<TicketOutcome, { ticket: object }>): NumberAnswer {
    return {
      ticket: this.signer.signNumber(ticket),
      number: ticket.number,
      place: place ?? null,
      issuedAt: new Date(ticket.issuedAt).toISOString(),
    };
  }

  /** @throws Problem `event-not-found` */
  private async statusOf(eventId: string): Promise<RoomStatus> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const status = await this.rooms.status(eventId);
    if (!status.room && !(await this.events.event(eventId))) throw new Problem('event-not-found');
    return status;
  }
}
