function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegisterVenueCommand } from '../commands/register-venue.js';
import { CLOCK, RANDOMNESS } from '../commands/tokens.js';
import { untilVisible } from '../read-models/visible.js';
import { Access } from './access.js';
import { ORGANIZING } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { examples } from './examples.js';
import { ASKED_WAIT_MS } from './freshness.js';
import { accepted, Problem } from './problems.js';
import { isId } from './rules.js';
import { VENUE_QUERIES } from './tokens.js';
import { invalid, validated } from './validate.js';
import { VenueRequest, VenueWithPlan } from './venue-requests.js';
/** Bytes of a venue with its seating plan. */ const VENUE_BODY_LIMIT = 32 * 1024 * 1024;
const DEFAULT_TIME_ZONE = 'UTC';
export class VenuesController {
    commands;
    clock;
    randomness;
    venues;
    constructor(commands, clock, randomness, venues){
        this.commands = commands;
        this.clock = clock;
        this.randomness = randomness;
        this.venues = venues;
    }
    async register(request, reply, body) {
        const { seatingPlan, venue } = withoutPlan(body);
        const { name, city, country, location, timeZone } = validated(VenueRequest, venue);
        if (seatingPlan === undefined) {
            throw invalid([
                {
                    path: '/seatingPlan',
                    message: "must be a seating plan in pretix's public format"
                }
            ]);
        }
        const { lat, lon } = location;
        const registration = {
            ...{
                name,
                city,
                country,
                location: {
                    lat,
                    lon
                },
                seatingPlan
            },
            timeZone: timeZone ?? DEFAULT_TIME_ZONE
        };
        const context = contextOf(request, ORGANIZING, this.randomness);
        const outcome = accepted(await this.commands.execute(new RegisterVenueCommand(registration, context)));
        const { venueId, seatCount, seatingPlanHash } = outcome;
        await untilVisible(()=>this.venues.venue(venueId), ASKED_WAIT_MS, this.clock);
        reply.header('location', `/v1/venues/${venueId}`);
        return {
            venueId,
            seatCount,
            seatingPlanHash
        };
    }
    async list() {
        return {
            venues: await this.venues.all()
        };
    }
    async venue(venueId) {
        const venue = isId(venueId) ? await this.venues.venue(venueId) : undefined;
        if (!venue) throw new Problem('venue-not-found');
        return venue;
    }
}
_ts_decorate([
    Post(),
    Access(ORGANIZING, {
        bodyLimit: VENUE_BODY_LIMIT
    }),
    ApiOperation({
        summary: 'Register a place with seats',
        description: 'A body of up to 32 MiB.'
    }),
    ApiBody({
        type: VenueWithPlan
    }),
    Answers(201, 'Registered', examples.venueRegistered, {
        headers: {
            Location: 'Path of the venue'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, 'seating-plan-invalid', 'event-store-unavailable', 'outcome-unknown'),
    _ts_param(0, Req()),
    _ts_param(1, Res({
        passthrough: true
    })),
    _ts_param(2, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], VenuesController.prototype, "register", null);
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'All venues, by name'
    }),
    Answers(200, 'At most 1,000', examples.venues),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], VenuesController.prototype, "list", null);
_ts_decorate([
    Get(':venueId'),
    ApiOperation({
        summary: 'One venue'
    }),
    Answers(200, 'The venue', examples.venue),
    Refuses('venue-not-found'),
    _ts_param(0, Param('venueId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], VenuesController.prototype, "venue", null);
VenuesController = _ts_decorate([
    ApiTags('venues'),
    Controller('v1/venues'),
    _ts_param(1, Inject(CLOCK)),
    _ts_param(2, Inject(RANDOMNESS)),
    _ts_param(3, Inject(VENUE_QUERIES)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness,
        typeof VenueQueries === "undefined" ? Object : VenueQueries
    ])
], VenuesController);
/** The plan is kept apart: copying and checking 100,000 seats is the importer's work, and done once. */ function withoutPlan(body) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return {
        seatingPlan: undefined,
        venue: body
    };
    const { seatingPlan, ...venue } = body;
    return {
        seatingPlan,
        venue
    };
}

//# sourceMappingURL=venues.controller.js.map