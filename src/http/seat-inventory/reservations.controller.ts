import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReleaseReservationCommand } from '../../commands/seat-inventory/release-reservation.js';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { PaymentQueries } from '../../read-models/payment/payments-queries.js';
import { isConfirmedView } from '../../read-models/seat-inventory/reservations.js';
import type { Protection } from '../abuse/protection.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER, ROLES } from '../account/accounts.js';
import { PayForReservation } from '../payment/pay-for-reservation.js';
import { contextOf } from '../platform/command-context.js';
import { readAtLeast } from '../platform/freshness.js';
import { FRESH_RESERVATIONS, PAYMENT_QUERIES, PROTECTION, TICKETS } from '../platform/tokens.js';
import { sendPaymentProblem, sendProblem } from '../problems/problem-replies.js';
import { accepted, Problem } from '../problems/problems.js';
import type { Tickets } from '../ticket/tickets.js';
import { isId } from '../validation/rules.js';
import type { FreshReservations } from './fresh-reservations.js';
import { HoldSeats } from './hold-seats.js';
import {
  heldAnswer,
  paymentAnswer,
  ReservationAnswer,
  reservationAnswer,
  sendConfirmed,
  sendPending,
} from './reservation-answers.js';
import { ConfirmDocs, ReleaseDocs, ReservationDocs, ReserveDocs } from './reservation-docs.js';
import {
  readHoldRequest,
  readPaymentRequest,
  type ConfirmHttpRequest,
  type ReserveHttpRequest,
} from './reservation-requests.js';
import { confirmSchema, reserveSchema } from './reservation-schemas.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Holding and buying seats. `reserve` and `confirm` are the hot routes of a sale: they read the
 * request and write the answer themselves, without Nest's pipes, interceptors and serializer.
 */
@ApiTags('reservations')
@Controller('v1/events/:eventId/reservations')
export class ReservationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly holdSeats: HoldSeats,
    private readonly payForReservation: PayForReservation,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(PAYMENT_QUERIES) private readonly payments: PaymentQueries,
    @Inject(FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(TICKETS) private readonly tickets: Tickets,
    @Inject(PROTECTION) private readonly protection: Protection | null,
  ) {}

  @Post()
  @Access(CUSTOMER)
  @RouteSchema(reserveSchema)
  @ReserveDocs()
  async reserve(@Req() request: ReserveHttpRequest, @Res() reply: FastifyReply): Promise<void> {
    const read = readHoldRequest(request, this.randomness);
    if (typeof read === 'string') return void sendProblem(request, reply, read);
    const outcome = await this.holdSeats.execute(read);
    if (outcome.problem) return void sendProblem(request, reply, outcome.problem, outcome.members);
    const { eventId } = read;
    const { reservation, revision, isNew } = outcome;
    if (!isNew) reply.header('idempotency-replayed', 'true');
    reply
      .code(201)
      .header('content-type', JSON_TYPE)
      .header('location', `/v1/events/${eventId}/reservations/${reservation.id}`)
      .send(JSON.stringify(heldAnswer(eventId, reservation, revision, this.clock.now())));
  }

  @Post(':reservationId/confirm')
  @HttpCode(200)
  @Access(CUSTOMER)
  @RouteSchema(confirmSchema)
  @ConfirmDocs()
  async confirm(@Req() request: ConfirmHttpRequest, @Res() reply: FastifyReply): Promise<void> {
    const read = readPaymentRequest(request, this.randomness);
    if (typeof read === 'string') return void sendProblem(request, reply, read);
    const result = await this.payForReservation.execute(read);
    if (result.status === 'pending') return sendPending(reply, read);
    if (result.status === 'confirmed') return sendConfirmed(reply, result);
    const { problem, members = {}, byProtection } = result;
    if (byProtection) sendPaymentProblem(request, reply, problem, members);
    else sendProblem(request, reply, problem, members);
  }

  @Get(':reservationId')
  @Access(ROLES)
  @ReservationDocs()
  async reservation(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<ReservationAnswer> {
    if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
    const ids = { eventId, reservationId };
    const view = await this.reservations.find(accountOf(request).id, ids, readAtLeast(atLeast));
    if (!view) throw new Problem('reservation-not-found');
    const answer = reservationAnswer(view, this.clock.now());
    if (isConfirmedView(view)) return { ...answer, tickets: await this.tickets.of(view) };
    return { ...answer, ...paymentAnswer(await this.payments.of(eventId, reservationId)) };
  }

  @Delete(':reservationId')
  @HttpCode(204)
  @Access(CUSTOMER)
  @ReleaseDocs()
  async release(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
  ): Promise<void> {
    if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
    const customerId = accountOf(request).id;
    const context = contextOf(request, CUSTOMER, this.randomness);
    const command = new ReleaseReservationCommand(eventId, reservationId, customerId, context);
    const { written, reservation, revision } = accepted(await this.commands.execute(command));
    if (!written) return;
    this.protection?.released(customerId, reservationId);
    this.reservations.recordWrite(eventId, reservation!, revision);
  }
}
