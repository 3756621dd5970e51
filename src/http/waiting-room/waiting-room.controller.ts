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
import type { RoomStatus, WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { RoomSettings } from '../../domain/waiting-room/events.js';
import { stateOf } from '../../domain/waiting-room/state.js';
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
import type { Protection } from '../abuse/protection.js';
import { EVENT_QUERIES, PLACE_SIGNER, PROTECTION } from '../platform/tokens.js';
import { bodyAs } from '../validation/validate.js';
import { readQueueNumber } from './pass-check.js';
import {
  PassRequest,
  ticketSchema,
  type TicketBody,
  WaitingRoomChanges,
  WaitingRoomRequest,
  waitingRoomExamples as examples,
} from './waiting-room-requests.js';
import { etaSeconds, publicStatus, retryAfter } from './waiting-room-answers.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The row in front of an event, and who steers it. `takeNumber` is what a rush consists of: it reads and writes by itself. */
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
    @Inject(PROTECTION) private readonly protection: Protection | null,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The room as everybody sees it: whoever has a number works out the own place',
  })
  @Answers(200, 'The same for everyone', examples.status, {
    nullable: ['opensAt', 'shuffle'],
    headers: { ETag: 'Of this answer', 'Cache-Control': FOR_A_SECOND },
  })
  @AnswersProblems('event-not-found', 'event-store-unavailable')
  async status(@Param('eventId') eventId: string): Promise<object> {
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
    examples: { first: { value: {} }, again: { value: { ticket: examples.ticket.ticket } } },
  })
  @ApiOperation({ summary: 'Take a number: one for an account, however often it is asked for' })
  @Answers(201, 'Your number, signed; `place` is where it stands', examples.ticket, {
    nullable: ['place'],
  })
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
    const { number, issuedAt } = taken.ticket;
    const answer = {
      ...{ ticket: this.signer.signNumber(taken.ticket), number, place: taken.place ?? null },
      issuedAt: new Date(issuedAt).toISOString(),
    };
    reply.code(201).header('content-type', JSON_TYPE).send(JSON.stringify(answer));
  }

  @Post('pass')
  @HttpCode(200)
  @Access(CUSTOMER)
  @ApiOperation({ summary: 'Trade a number for a pass, when it is served; again, the same pass' })
  @Answers(200, 'Send it in the header `Boxoffice-Pass` of reservations', examples.pass)
  @Answers(
    202,
    '`waiting`: not yet; `called`: in a moment; `not-drawn`: places are being drawn',
    examples.waiting,
    {
      optional: ['place'],
      nullable: ['etaSeconds'],
      headers: { 'Retry-After': 'Seconds until it is worth asking' },
    },
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
  ): Promise<object> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const ticket = readQueueNumber(this.signer, body.ticket, eventId, accountOf(request).id);
    const traded = await this.rooms.trade(eventId, ticket);
    if ('closed' in traded) throw new Problem('waiting-room-closed', { state: traded.closed });
    if (traded.status === 'spent') throw new Problem('number-spent');
    if (traded.status === 'outdated') throw new Problem('number-outdated');
    if (traded.status === 'admitted') {
      const { pass } = traded;
      this.protection?.passGiven(pass.account);
      return {
        pass: this.signer.signPass(pass),
        expiresAt: new Date(pass.expiresAt).toISOString(),
      };
    }
    const status = await this.rooms.status(eventId);
    const place = 'place' in traded ? traded.place : undefined;
    const eta = etaSeconds(status, place, this.clock.now());
    reply.code(202).header('retry-after', String(retryAfter(traded.status, eta)));
    const { nowServing = 0 } = status.view ?? {};
    return {
      status: traded.status,
      ...(place !== undefined && { place }),
      nowServing,
      etaSeconds: eta,
    };
  }

  @Put()
  @HttpCode(200)
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'Put a waiting room in front of an event, or set it up anew' })
  @Answers(200, 'From here on seats are reserved with a pass', examples.room)
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
  ): Promise<object> {
    return this.set(request, eventId, body, true);
  }

  @Patch()
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'Change the rate while it runs; open, pause, end it, or switch it off' })
  @Answers(200, 'As it is now', examples.room)
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
  ): Promise<object> {
    const given = Object.values(settings).some((value) => value != null);
    if (state == null || given) {
      const answer = await this.set(request, eventId, settings, false);
      if (state == null) return answer;
    }
    if (!isId(eventId)) throw new Problem('event-not-found');
    const context = contextOf(request, ORGANIZING, this.randomness);
    const { room } = accepted(
      await this.commands.execute(new MoveWaitingRoomCommand(eventId, state, context)),
    );
    return { eventId, state: stateOf(room, this.clock.now()), settings: room.settings };
  }

  @Get('watch')
  @Access(ORGANIZING)
  @ApiOperation({ summary: 'How it goes: arrivals, who is inside, served per minute, no-shows' })
  @Answers(200, 'As this node last saw it; rates are of the last minute', examples.watch, {
    nullable: ['arrivalsPerMinute', 'servedPerMinute'],
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'event-not-found',
    'waiting-room-full',
    'waiting-room-unavailable',
    'event-store-unavailable',
  )
  async watch(@Param('eventId') eventId: string): Promise<object> {
    const { room, state, view, rates } = await this.statusOf(eventId);
    const { startsAfter = 0 } = room ?? {};
    const {
      issued = startsAfter,
      nowServing = startsAfter,
      called = 0,
      late = 0,
      inside = 0,
      counts,
    } = view ?? {};
    return {
      ...{ state, arrivals: issued - startsAfter, arrivalsPerMinute: rates?.arrivals ?? null },
      ...{ waiting: Math.max(0, issued - nowServing), nowServing, called, late, inside },
      servedPerMinute: rates?.served ?? null,
      ...(counts ?? { admitted: 0, noShows: 0, left: 0, timedOut: 0 }),
    };
  }

  private async set(
    request: FastifyRequest,
    eventId: string,
    body: Partial<RoomSettings>,
    anew: boolean,
  ): Promise<object> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const given = Object.entries(body).filter(([, value]) => value != null);
    const settings = Object.fromEntries(given) as Partial<RoomSettings>;
    const opensAt = settings.opensAt && { opensAt: new Date(settings.opensAt).toISOString() };
    const context = contextOf(request, ORGANIZING, this.randomness);
    const command = new ConfigureWaitingRoomCommand(
      eventId,
      { ...settings, ...opensAt },
      anew,
      context,
    );
    const { room } = accepted(await this.commands.execute(command));
    return { eventId, state: stateOf(room, this.clock.now()), settings: room.settings };
  }

  /** @throws Problem `event-not-found` */
  private async statusOf(eventId: string): Promise<RoomStatus> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const status = await this.rooms.status(eventId);
    if (!status.room && !(await this.events.event(eventId))) throw new Problem('event-not-found');
    return status;
  }
}
