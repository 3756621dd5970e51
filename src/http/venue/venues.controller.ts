import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { RegisterVenueCommand, type VenueToRegister } from '../../commands/venue/register-venue.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import {
  VenueReadFailed,
  type ReadVenue,
  type VenueReader,
} from '../../ports/venue/venue-reader.js';
import type { VenueQueries } from '../../read-models/venue/venues.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { VENUE_QUERIES, VENUE_READER } from '../platform/tokens.js';
import { invalid, validated } from '../validation/validate.js';
import { RegisteredVenue, VenueAnswer, VenuesAnswer } from './venue-answers.js';
import { VenueRequest, VenueWithPlan } from './venue-requests.js';

/** Limit for a venue with its seating plan. Bytes. */
const VENUE_BODY_LIMIT = 32 * 1024 * 1024;
type ReadPlan = Extract<ReadVenue, { read: 'whole' }>['plan'];

const MISSING_PLAN = {
  path: '/seatingPlan',
  message: "is required: a seating plan in pretix's public format",
};

@ApiTags('venues')
@Controller('v1/venues')
export class VenuesController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(VENUE_QUERIES) private readonly venues: VenueQueries,
    @Inject(VENUE_READER) private readonly reader: VenueReader,
  ) {}

  @Post()
  @Access(ORGANIZING, { bodyLimit: VENUE_BODY_LIMIT, rawJson: true })
  @ApiOperation({
    summary: 'Register a venue with its seating plan',
    description: 'A body of up to 32 MiB.',
  })
  @ApiBody({ type: VenueWithPlan })
  @Answers(201, 'Registered', RegisteredVenue, {
    headers: { Location: 'Path of the venue' },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    'seating-plan-invalid',
    'too-many-uploads',
    'event-store-unavailable',
    'outcome-unknown',
  )
  async register(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: Buffer | null | undefined,
  ): Promise<RegisteredVenue> {
    const { plan, venue } = await this.read(body);
    const place = validated(VenueRequest, venue);
    if (plan === undefined) throw invalid([MISSING_PLAN]);
    const context = contextOf(request, ORGANIZING, this.randomness);
    const command = new RegisterVenueCommand(venueToRegister(place, plan), context);
    const outcome = accepted(await this.commands.execute(command));
    const { venueId, seatCount, seatingPlanHash, warnings } = outcome;
    await untilVisible(() => this.venues.venue(venueId), ASKED_WAIT_MS, this.clock);
    reply.header('location', `/v1/venues/${venueId}`);
    return { venueId, seatCount, seatingPlanHash, warnings };
  }

  @Get()
  @ApiOperation({ summary: 'All venues, by name' })
  @Answers(200, 'At most 1,000', VenuesAnswer)
  async list(): Promise<VenuesAnswer> {
    return { venues: await this.venues.all() };
  }

  @Get(':venueId')
  @ApiOperation({ summary: 'One venue' })
  @Answers(200, 'The venue', VenueAnswer)
  @AnswersProblems('venue-not-found')
  async venue(@Param('venueId') venueId: string): Promise<VenueAnswer> {
    const venue = isId(venueId) ? await this.venues.venue(venueId) : undefined;
    if (!venue) throw new Problem('venue-not-found');
    return venue;
  }

  /** @throws Problem `body-malformed`, `validation-failed`, `too-many-uploads` */
  private async read(
    body: Buffer | null | undefined,
  ): Promise<Extract<ReadVenue, { read: 'whole' }>> {
    if (!Buffer.isBuffer(body) || body.length === 0)
      return { read: 'whole', venue: undefined, plan: undefined };
    const venue = await this.reader.read(body).catch((error: unknown) => {
      throw error instanceof VenueReadFailed
        ? new Problem('too-many-uploads', {}, { cause: error })
        : error;
    });
    if (venue.read === 'malformed') throw new Problem('body-malformed');
    if (venue.read === 'too-large') throw tooLarge(venue.part, venue.limit);
    return venue;
  }
}

function venueToRegister(
  { name, city, country, location: { lat, lon }, timeZone }: VenueRequest,
  plan: NonNullable<ReadPlan>,
): VenueToRegister {
  return {
    name,
    city,
    country,
    location: { lat, lon },
    timeZone: timeZone ?? undefined,
    seatingPlan: { read: plan },
  };
}

function tooLarge(part: 'venue' | 'plan', limit: string): Problem {
  if (part === 'venue') return invalid([{ path: '', message: `must have ${limit}` }]);
  const detail = `Give a plan that has ${limit}.`;
  return new Problem('seating-plan-invalid', {
    problems: [{ code: 'plan-malformed', path: '', detail }],
  });
}
