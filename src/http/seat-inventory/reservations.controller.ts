import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { PayReservationCommand } from '../../commands/payment/pay-reservation.js';
import { ReleaseReservationCommand } from '../../commands/seat-inventory/release-reservation.js';
import {
  reservationRequest,
  ReserveSeatsCommand,
  type ReservationRequest,
} from '../../commands/seat-inventory/reserve-seats.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Reservation } from '../../domain/seat-inventory/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { Contacts } from '../../read-models/ticket/contacts.js';
import type { PaymentQueries } from '../../read-models/payment/payments-queries.js';
import {
  isConfirmedView,
  type ReservationView,
} from '../../read-models/seat-inventory/reservations.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER, ROLES } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { examples } from '../openapi/examples.js';
import type { FreshReservations } from './fresh-reservations.js';
import { readAtLeast } from '../platform/freshness.js';
import { sendPaymentProblem, sendProblem } from '../problems/problem-replies.js';
import { accepted, Problem } from '../problems/problems.js';
import type { PaymentTry } from '../abuse/card-testing.js';
import {
  PROOF_HEADER,
  type Attempt,
  type PaymentEntry,
  type Protection,
} from '../abuse/protection.js';
import { heldAnswer, reservationAnswer } from './reservation-answers.js';
import {
  confirmSchema,
  reserveSchema,
  type ConfirmBody,
  type ReserveBody,
} from './reservation-schemas.js';
import { isId } from '../validation/rules.js';
import { nfc } from '../../domain/shared/text.js';
import type { Tickets } from '../ticket/tickets.js';
import type { AutoWaitingRoom } from '../waiting-room/auto-waiting-room.js';
import type { HoldRulesOfEvents } from '../../commands/seat-inventory/hold-rules.js';
import {
  AUTO_WAITING_ROOM,
  CONTACTS,
  FRESH_RESERVATIONS,
  HOLD_RULES,
  PAYMENT_QUERIES,
  PROTECTION,
  TICKETS,
  WAITING_ROOM_DOOR,
} from '../platform/tokens.js';
import { REQUIRED } from '../validation/validate.js';
import type { WaitingRoomDoor } from '../waiting-room/waiting-room-door.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const PROTECTION_REFUSALS = [
  'contact-required',
  'proof-of-work-required',
  'proof-of-work-invalid',
  'proof-of-work-expired',
  'proof-of-work-used',
  'too-many-holds-of-account',
  'too-many-holds-of-address',
] as const;
const JSON_TYPE = 'application/json; charset=utf-8';

type OfEvent = { Params: { eventId: string } };
type OfReservation = { Params: { eventId: string; reservationId: string } };

/**
 * Holding and buying seats. `reserve` and `confirm` are what a sale consists of: they read the request and write the
 * answer themselves, so that Nest puts no pipe, interceptor or serializer between.
 */
@ApiTags('reservations')
@Controller('v1/events/:eventId/reservations')
export class ReservationsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(PAYMENT_QUERIES) private readonly payments: PaymentQueries,
    @Inject(FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(TICKETS) private readonly tickets: Tickets,
    @Inject(CONTACTS) private readonly contacts: Contacts,
    @Inject(WAITING_ROOM_DOOR) private readonly door: WaitingRoomDoor,
    @Inject(PROTECTION) private readonly protection: Protection | null,
    @Inject(HOLD_RULES) private readonly holdRules: HoldRulesOfEvents,
    @Inject(AUTO_WAITING_ROOM) private readonly autoWaitingRoom: AutoWaitingRoom,
  ) {}

  @Post()
  @Access(CUSTOMER)
  @RouteSchema(reserveSchema)
  @ApiOperation({ summary: 'Hold seats by name, or the best that are free' })
  @ApiParam({ name: 'eventId' })
  @ApiHeader({ name: PROOF_HEADER, required: false, description: 'The solution of a `challenge`' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: '1 to 255 visible ASCII characters',
  })
  @ApiHeader({ name: 'Boxoffice-Pass', description: 'Of the waiting room, while that is on' })
  @ApiBody({
    schema: reserveSchema.body as object,
    examples: {
      named: { value: examples.reserveSeats },
      bestAvailable: { value: examples.reserveBest },
    },
  })
  @Answers(201, 'Held; again for the same key, as it stands now', examples.held, {
    headers: {
      Location: 'Path of the reservation',
      'Idempotency-Replayed': '`true` when this key had been answered before',
    },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'idempotency-key-missing',
    'idempotency-key-invalid',
    'idempotency-key-reused',
    'no-seats-requested',
    'seats-repeated',
    'seats-unknown',
    'category-unknown',
    'too-many-seats',
    'event-not-found',
    'event-cancelled',
    'event-over',
    'sales-closed',
    'sales-not-open',
    'seats-unavailable',
    'single-seat-left',
    ...PROBLEM_CODES.pass,
    ...PROTECTION_REFUSALS,
  )
  async reserve(
    @Req() request: FastifyRequest<OfEvent & { Body: ReserveBody }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = request.headers['idempotency-key'];
    if (key === undefined || key === '')
      return void sendProblem(request, reply, 'idempotency-key-missing');
    if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
      return void sendProblem(request, reply, 'idempotency-key-invalid');
    }
    const { eventId } = request.params;
    if (!isId(eventId)) return void sendProblem(request, reply, 'event-not-found');
    const context = contextOf(request, CUSTOMER, this.randomness);
    const { id: account, email, emailVerified } = accountOf(request);
    const rules = await this.holdRules.of(eventId);
    if (rules.requireContactToHold && (email === undefined || emailVerified === false))
      return void sendProblem(request, reply, 'contact-required');
    if (rules.autoWaitingRoom) this.autoWaitingRoom.tried(eventId);
    const asked = reservationRequest(eventId, account, key, normalized(request.body));
    const attempt = attemptOf(asked);
    const gate = await this.protection?.enter(request, attempt);
    if (gate?.refused) return void sendProblem(request, reply, gate.refused, gate.members);
    const entrance = await this.door
      .enter(request, eventId, account, attempt.reservationId)
      .catch((error: unknown) => {
        gate?.notHeld();
        throw error;
      });
    if (entrance?.refused) {
      gate?.notHeld();
      return void sendProblem(request, reply, entrance.refused);
    }
    const outcome = await this.commands.execute(new ReserveSeatsCommand(asked, context));
    if (!outcome.accepted) {
      entrance?.settle(undefined);
      const { code, ...members } = outcome.rejection;
      gate?.notHeld();
      return void sendProblem(request, reply, code, members);
    }
    const reservation = outcome.reservation!;
    entrance?.settle(reservation.expiresAt);
    if (reservation.status === 'held') gate?.held(reservation.expiresAt);
    else gate?.notHeld();
    if (outcome.written) this.remember(eventId, reservation, outcome.revision);
    else reply.header('idempotency-replayed', 'true');
    reply
      .code(201)
      .header('content-type', JSON_TYPE)
      .header('location', `/v1/events/${eventId}/reservations/${reservation.id}`)
      .send(JSON.stringify(heldAnswer(eventId, reservation, outcome.revision, this.clock.now())));
  }

  @Post(':reservationId/confirm')
  @HttpCode(200)
  @Access(CUSTOMER)
  @RouteSchema(confirmSchema)
  @ApiOperation({ summary: 'Pay for a held reservation' })
  @ApiHeader({ name: PROOF_HEADER, required: false, description: 'The solution of a `challenge`' })
  @ApiParam({ name: 'eventId' })
  @ApiParam({ name: 'reservationId' })
  @ApiBody({
    schema: confirmSchema.body as object,
    examples: { card: { value: examples.confirm }, free: { value: {} } },
  })
  @Answers(200, 'Sold; again, the same', examples.confirmed)
  @Answers(
    202,
    'The provider has not answered yet: ask for the reservation',
    examples.paymentPending,
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
    'reservation-expired',
    'reservation-released',
    'reservation-refunded',
    'event-cancelled',
    'event-over',
    'payment-declined',
    'amount-not-chargeable',
    'payment-token-unknown',
    'payment-under-way',
    'payment-attempts-exhausted',
    'payment-amount-mismatch',
    'payment-refunded',
    'read-model-behind',
    'proof-of-work-required',
    'proof-of-work-invalid',
    'proof-of-work-expired',
    'proof-of-work-used',
  )
  async confirm(
    @Req() request: FastifyRequest<OfReservation & { Body: ConfirmBody }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { eventId, reservationId } = request.params;
    if (!isId(eventId)) return void sendProblem(request, reply, 'event-not-found');
    if (!isId(reservationId)) return void sendProblem(request, reply, 'reservation-not-found');
    const context = contextOf(request, CUSTOMER, this.randomness);
    const { payment, email = accountOf(request).email } = request.body;
    const { id: customerId } = accountOf(request);
    const token = payment?.token;
    const gate = token && (await this.enterPayment(request, { eventId, reservationId, token }));
    if (gate && gate.refused)
      return void sendPaymentProblem(request, reply, gate.refused, gate.members ?? {});
    const pay = async () => {
      // First, so that the mail finds it, whatever settles the payment.
      if (email !== undefined) await this.contacts.remember(customerId, email);
      const onlyIfUnderWay = gate && gate.ifNotUnderWay !== undefined;
      const command = new PayReservationCommand(
        ...([eventId, reservationId, customerId, token, context] as const),
        onlyIfUnderWay || false,
      );
      return this.commands.execute(command);
    };
    const outcome = await pay().finally(() => gate && gate.leave());
    this.protection?.paymentTried(customerId, eventId, reservationId);
    if (!outcome.accepted && 'notUnderWay' in outcome) {
      const { refused, members = {} } = await (gate as PaymentEntry).ifNotUnderWay!();
      return void sendPaymentProblem(request, reply, refused, members);
    }
    if (!outcome.accepted && 'missing' in outcome) {
      const errors = [{ path: `/${outcome.missing}`, message: REQUIRED }];
      return void sendProblem(request, reply, 'validation-failed', { errors });
    }
    if (!outcome.accepted) {
      const { code, ...members } = outcome.rejection;
      return void sendProblem(request, reply, code, members);
    }
    if (!outcome.settled) return void answerPending(reply, eventId, reservationId);
    const { reservation, revision } = outcome;
    this.remember(eventId, reservation, revision);
    const { status, total } = reservation;
    const tickets = await this.tickets.sold(eventId, reservation);
    const answer = { reservationId, status, tickets, total, revision: Number(revision) };
    reply.code(200).header('content-type', JSON_TYPE).send(JSON.stringify(answer));
  }

  /** The price of a card payment for this account now; a payment in progress is never refused. */
  private enterPayment(request: FastifyRequest, payment: Omit<PaymentTry, 'account'>) {
    const { eventId, reservationId } = payment;
    const attempt = { ...payment, account: accountOf(request).id };
    return this.protection?.enterPayment(request, attempt, async () => {
      const found = await this.payments.of(eventId, reservationId);
      return found?.status === 'pending';
    });
  }

  private remember(eventId: string, { id, customerId }: Reservation, revision: bigint): void {
    this.reservations.remember(customerId, {
      eventId,
      reservationId: id,
      revision: Number(revision),
    });
  }

  @Get(':reservationId')
  @Access(ROLES)
  @ApiOperation({ summary: 'One of your own reservations' })
  @ApiQuery({
    name: 'atLeast',
    required: false,
    schema: { type: 'integer' },
    description: 'A revision to wait for',
  })
  @Answers(200, 'As it stands; with tickets once it is confirmed', examples.reservation, {
    optional: ['tickets', 'payment', 'reason'],
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'reservation-not-found',
    'event-not-found',
    'read-model-behind',
  )
  async reservation(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<object> {
    if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
    const customerId = accountOf(request).id;
    const view = await this.reservations.one(
      customerId,
      { eventId, reservationId },
      readAtLeast(atLeast),
    );
    if (!view) throw new Problem('reservation-not-found');
    const answer = reservationAnswer(view, this.clock.now());
    if (!isConfirmedView(view)) return { ...answer, ...(await this.paymentOf(view)) };
    return { ...answer, tickets: await this.tickets.of(view) };
  }

  /** What became of the last try to pay, for who was told to wait; nothing before the first. */
  private async paymentOf({ eventId, reservationId }: ReservationView): Promise<object> {
    const payment = await this.payments.of(eventId, reservationId);
    if (!payment) return {};
    const { status, failure } = payment;
    return { payment: { status, ...(failure !== null && { reason: failure }) } };
  }

  @Delete(':reservationId')
  @HttpCode(204)
  @Access(CUSTOMER)
  @ApiOperation({ summary: 'Give held seats back; repeating it is harmless' })
  @Answers(204, 'The seats are free again')
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.command,
    'event-not-found',
    'reservation-not-found',
    'reservation-confirmed',
    'reservation-refunded',
  )
  async release(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
  ): Promise<void> {
    if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
    const context = contextOf(request, CUSTOMER, this.randomness);
    const { written, reservation, revision } = accepted(
      await this.commands.execute(
        new ReleaseReservationCommand(eventId, reservationId, accountOf(request).id, context),
      ),
    );
    if (!written) return;
    this.protection?.released(accountOf(request).id, reservationId);
    this.remember(eventId, reservation!, revision);
  }
}

/** In Unicode NFC, as `validate` does for the other routes: the digest and the seat locks compare strings. */
function normalized(body: ReserveBody): ReserveBody {
  if ('seatIds' in body) return { seatIds: body.seatIds.map(nfc) };
  const { category } = body.bestAvailable;
  return category === undefined
    ? body
    : { bestAvailable: { ...body.bestAvailable, category: nfc(category) } };
}

function attemptOf(request: ReservationRequest): Attempt {
  const { eventId, customerId: account, reservationId, selection, requestDigest } = request;
  const seats =
    'seatIds' in selection ? selection.seatIds.length : selection.bestAvailable.quantity;
  return { eventId, account, reservationId, seats, wish: `${reservationId} ${requestDigest}` };
}

/** Seconds after which a buyer who was told to wait asks again. */
const ASK_AGAIN_SECONDS = 1;

function answerPending(reply: FastifyReply, eventId: string, reservationId: string): void {
  reply
    .code(202)
    .header('content-type', JSON_TYPE)
    .header('location', `/v1/events/${eventId}/reservations/${reservationId}`)
    .header('retry-after', String(ASK_AGAIN_SECONDS))
    .send(JSON.stringify({ reservationId, status: 'payment-pending' }));
}
