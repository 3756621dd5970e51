import type { FastifySchema } from 'fastify';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import {
  DEFAULT_CLAIM_SECONDS,
  DEFAULT_PASS_SECONDS,
  ROOM_LIMITS,
} from '../../domain/waiting-room/decide.js';
import { IsInstant, IsLine, MayBeLeftOut } from '../validation/rules.js';

/**
 * Characters of a signed number, whose event and account ids have at most 64 and 128 characters.
 */
const MAX_TICKET_LENGTH = 1_024;
/** Example of a signed number. */
export const SIGNED_NUMBER =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6ImJveG9mZmljZS1udW1iZXIrand0Iiwia2lkIjoiaHhOMyJ9.' +
  'eyJldnQiOiIwYzdhMTFhYSJ9.c2lnbmVk';
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
      'Time to fetch the pass after the number is called; then the slot is ' +
      'given away, and the number is called again when its holder asks',
  })
  claimSeconds?: number;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description: 'Shoppers who arrive before the opening are put in random order',
  })
  shuffleAtOpening?: boolean;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: true,
    example: true,
    description:
      'Everybody needs a pass; with `false`, nobody needs one as long as nobody has to wait',
  })
  queueAll?: boolean;

  @MayBeLeftOut()
  @IsInstant()
  @ApiProperty({
    required: false,
    format: 'date-time',
    description:
      'Default: `onSaleAt` of the event, even if it is changed later; without one, immediately',
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
    description: 'The new state of the room',
  })
  state?: (typeof STATES)[number];
}

export type TicketBody = { ticket?: string | null } | null | undefined;

/** Compiled by Fastify, because class-validator is too slow for a rush. */
export const ticketSchema = {
  body: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      ticket: {
        type: ['string', 'null'],
        minLength: 1,
        maxLength: MAX_TICKET_LENGTH,
        description:
          'A number that you already have: it stays valid even if the server has lost its state',
      },
    },
  },
} as const satisfies FastifySchema;

export class PassRequest {
  @IsLine(MAX_TICKET_LENGTH)
  @ApiProperty({ description: '`ticket` of your number', example: SIGNED_NUMBER })
  ticket!: string;
}
