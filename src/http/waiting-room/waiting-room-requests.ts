import type { FastifySchema } from 'fastify';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import {
  DEFAULT_CLAIM_SECONDS,
  DEFAULT_PASS_SECONDS,
  ROOM_LIMITS,
} from '../../domain/waiting-room/decide.js';
import { IsInstant, IsLine, MayBeLeftOut } from '../validation/rules.js';

/** Characters of a signed number: its ids are 64 and 128 characters at most. */
const MAX_TICKET_LENGTH = 1_024;
const SIGNED_NUMBER =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6ImJveG9mZmljZS1udW1iZXIrand0Iiwia2lkIjoiaHhOMyJ9.eyJldnQiOiIwYzdhMTFhYSJ9.c2lnbmVk';
const STATES = ['open', 'paused', 'ended', 'off'] as const;

const { admitPerMinute, maxShoppers, passSeconds, claimSeconds } = ROOM_LIMITS;
const whole = ({ min, max }: { min: number; max: number }) => ({
  type: 'integer' as const,
  minimum: min,
  maximum: max,
});

class RoomFields {
  @MayBeLeftOut()
  @IsInt()
  @Min(passSeconds.min)
  @Max(passSeconds.max)
  @ApiProperty({
    ...whole(passSeconds),
    required: false,
    default: DEFAULT_PASS_SECONDS,
    example: 600,
  })
  passSeconds?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(claimSeconds.min)
  @Max(claimSeconds.max)
  @ApiProperty({
    ...whole(claimSeconds),
    required: false,
    default: DEFAULT_CLAIM_SECONDS,
    example: 60,
    description:
      'For whoever is called to fetch the pass; after that the slot is free, and the number is called again when its holder comes',
  })
  claimSeconds?: number;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description: 'Those who come before the opening are put in an order drawn by lot',
  })
  shuffleAtOpening?: boolean;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: true,
    example: true,
    description:
      'Everybody needs a pass; with `false` the room stands aside as long as nobody has to wait',
  })
  queueAll?: boolean;

  @MayBeLeftOut()
  @IsInstant()
  @ApiProperty({
    required: false,
    format: 'date-time',
    description:
      '`onSaleAt` of the event unless told, and then it follows where that is moved; or at once',
    example: '2026-01-15T10:00:00Z',
  })
  opensAt?: string;
}

export class WaitingRoomRequest extends RoomFields {
  @IsInt()
  @Min(admitPerMinute.min)
  @Max(admitPerMinute.max)
  @ApiProperty({ ...whole(admitPerMinute), example: 500 })
  admitPerMinute!: number;

  @IsInt()
  @Min(maxShoppers.min)
  @Max(maxShoppers.max)
  @ApiProperty({ ...whole(maxShoppers), example: 1_000 })
  maxShoppers!: number;
}

export class WaitingRoomChanges extends RoomFields {
  @MayBeLeftOut()
  @IsInt()
  @Min(admitPerMinute.min)
  @Max(admitPerMinute.max)
  @ApiProperty({ ...whole(admitPerMinute), required: false, example: 800 })
  admitPerMinute?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(maxShoppers.min)
  @Max(maxShoppers.max)
  @ApiProperty({ ...whole(maxShoppers), required: false, example: 1_000 })
  maxShoppers?: number;

  @MayBeLeftOut()
  @IsIn(STATES)
  @ApiProperty({
    required: false,
    enum: STATES,
    example: 'open',
    description: 'Where to bring the room',
  })
  state?: (typeof STATES)[number];
}

export type TicketBody = { ticket?: string | null } | null | undefined;

/** Compiled by Fastify: a rush pays for no class-validator. */
export const ticketSchema = {
  body: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      ticket: {
        type: ['string', 'null'],
        minLength: 1,
        maxLength: MAX_TICKET_LENGTH,
        description: 'A number that you have already: it is kept whatever was lost here',
      },
    },
  },
} as const satisfies FastifySchema;

export class PassRequest {
  @IsLine(MAX_TICKET_LENGTH)
  @ApiProperty({ description: '`ticket` of your number', example: SIGNED_NUMBER })
  ticket!: string;
}

export const waitingRoomExamples = {
  status: {
    eventId: '0c7a11aa-5c0b-4b5e-8a43-4d1c6a9b9f10',
    state: 'open',
    opensAt: '2026-01-15T10:00:00.000Z',
    startsAfter: 0,
    nowServing: 1200,
    perMinute: 500,
    waiting: 41800,
    refreshSeconds: 2,
    queueAll: true,
    shuffle: null,
  },
  ticket: {
    ticket: SIGNED_NUMBER,
    number: 4711,
    place: 4711,
    issuedAt: '2026-01-15T10:00:03.120Z',
  },
  pass: {
    pass: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImJveG9mZmljZS1wYXNzK2p3dCIsImtpZCI6Imh4TjMifQ.eyJldnQiOiIwYzdhMTFhYSJ9.c2lnbmVk',
    expiresAt: '2026-01-15T10:19:00.000Z',
  },
  waiting: { status: 'waiting', place: 4711, nowServing: 1200, etaSeconds: 422 },
  room: {
    eventId: '0c7a11aa-5c0b-4b5e-8a43-4d1c6a9b9f10',
    state: 'open',
    settings: {
      admitPerMinute: 500,
      maxShoppers: 1000,
      passSeconds: 600,
      claimSeconds: 60,
      shuffleAtOpening: false,
      queueAll: true,
      opensAt: '2026-01-15T10:00:00.000Z',
    },
  },
  watch: {
    state: 'open',
    arrivals: 43000,
    arrivalsPerMinute: 2100,
    waiting: 41800,
    nowServing: 1200,
    called: 12,
    late: 3,
    inside: 988,
    servedPerMinute: 497,
    admitted: 1188,
    noShows: 9,
    left: 180,
    timedOut: 20,
  },
};
