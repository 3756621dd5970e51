import type { RoomStatus } from '../../commands/waiting-room/waiting-rooms.js';
import { EXAMPLE } from '../openapi/example-ids.js';
import { Field, FreeField, NumberField, ObjectField } from '../openapi/fields.js';
import { SIGNED_NUMBER } from './waiting-room-requests.js';

/** Interval at which clients query the public status. Seconds. */
const REFRESH = { least: 2, most: 30 };
/**
 * Status queries per second of all waiting clients together: an edge cache answers these with ease.
 */
const QUERIES_PER_SECOND = 200_000;
/** Maximum of `Retry-After`. Seconds. */
const MAX_RETRY = 30;

/** The public status, the same for everyone. */
export class RoomStatusAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('open') readonly state!: RoomStatus['state'];
  @Field('2026-01-15T10:00:00.000Z', { nullable: true }) readonly opensAt!: string | null;
  @Field(0, { description: 'Numbers of earlier runs of the waiting room' })
  readonly startsAfter!: number;
  @Field(1200) readonly nowServing!: number;
  @Field(500, { description: 'Numbers called per minute' }) readonly perMinute!: number;
  @Field(41800) readonly waiting!: number;
  @Field(2, { description: 'Seconds to wait before the next query' })
  readonly refreshSeconds!: number;
  @Field(true) readonly queueAll!: boolean;
  @FreeField({}, { nullable: true, description: 'Commitment, and after the draw the seed' })
  readonly shuffle!: object | null;
}

export class NumberAnswer {
  @Field(SIGNED_NUMBER, { description: 'The signed number' }) readonly ticket!: string;
  @Field(4711) readonly number!: number;
  @Field(4711, { nullable: true, description: 'Place in the queue; null until the draw' })
  readonly place!: number | null;
  @Field('2026-01-15T10:00:03.120Z') readonly issuedAt!: string;
}

export class PassAnswer {
  @Field(
    'eyJhbGciOiJIUzI1NiIsInR5cCI6ImJveG9mZmljZS1wYXNzK2p3dCIsImtpZCI6Imh4TjMifQ.' +
      'eyJldnQiOiIwYzdhMTFhYSJ9.c2lnbmVk',
  )
  readonly pass!: string;
  @Field('2026-01-15T10:19:00.000Z') readonly expiresAt!: string;
}

export class WaitingAnswer {
  @Field('waiting') readonly status!: 'waiting' | 'called' | 'not-drawn';
  @Field(4711, { optional: true }) readonly place?: number;
  @Field(1200) readonly nowServing!: number;
  @Field(422, { nullable: true }) readonly etaSeconds!: number | null;
}

class RoomSettingsAnswer {
  @Field(500) readonly admitPerMinute!: number;
  @Field(1000) readonly maxShoppers!: number;
  @Field(600) readonly passSeconds!: number;
  @Field(60) readonly claimSeconds!: number;
  @Field(false) readonly shuffleAtOpening!: boolean;
  @Field(true) readonly queueAll!: boolean;
  @Field('2026-01-15T10:00:00.000Z') readonly opensAt!: string;
}

export class RoomAnswer {
  @Field(EXAMPLE.eventId) readonly eventId!: string;
  @Field('open') readonly state!: RoomStatus['state'];
  @ObjectField(() => RoomSettingsAnswer) readonly settings!: RoomSettingsAnswer;
}

/** Figures for the organizer. */
export class RoomWatchAnswer {
  @Field('open') readonly state!: RoomStatus['state'];
  @Field(43000) readonly arrivals!: number;
  @NumberField(2100, { nullable: true }) readonly arrivalsPerMinute!: number | null;
  @Field(41800) readonly waiting!: number;
  @Field(1200) readonly nowServing!: number;
  @Field(12) readonly called!: number;
  @Field(3, { description: 'Called, but the pass was not fetched in time' }) readonly late!: number;
  @Field(988) readonly inside!: number;
  @NumberField(497, { nullable: true }) readonly servedPerMinute!: number | null;
  @Field(1188) readonly admitted!: number;
  @Field(9) readonly noShows!: number;
  @Field(180) readonly left!: number;
  @Field(20) readonly timedOut!: number;
}

export function publicStatus(
  eventId: string,
  { room, state, view }: RoomStatus,
  now: number,
): RoomStatusAnswer {
  const waiting = view ? Math.max(0, view.issued - view.nowServing) : 0;
  return {
    eventId,
    state,
    opensAt: room && state !== 'off' ? room.settings.opensAt : null,
    startsAfter: room?.startsAfter ?? 0,
    nowServing: servingOf({ room, view }),
    perMinute: perMinuteOf({ room, state, view }),
    waiting,
    refreshSeconds: refreshSeconds(room?.settings.opensAt, state, waiting, now),
    queueAll: room?.settings.queueAll ?? false,
    shuffle: shuffleOf(room),
  };
}

/** Figures of a room before its first shopper. */
const EMPTY = {
  called: 0,
  late: 0,
  inside: 0,
  counts: { admitted: 0, noShows: 0, left: 0, timedOut: 0 },
};

export function watchAnswer({ room, state, view, rates }: RoomStatus): RoomWatchAnswer {
  const startsAfter = room?.startsAfter ?? 0;
  const seen = view ?? { issued: startsAfter, nowServing: startsAfter, ...EMPTY };
  const { issued, nowServing, called, late, inside, counts } = seen;
  return {
    state,
    arrivals: issued - startsAfter,
    arrivalsPerMinute: rates?.arrivals ?? null,
    waiting: Math.max(0, issued - nowServing),
    nowServing,
    called,
    late,
    inside,
    servedPerMinute: rates?.served ?? null,
    ...counts,
  };
}

/** A queue starts behind the numbers of earlier runs of the room. */
const servingOf = ({ room, view }: Pick<RoomStatus, 'room' | 'view'>): number =>
  view?.nowServing ?? room?.startsAfter ?? 0;

/**
 * Numbers called per minute: as measured, because a full room slows the queue down, but never more
 * than the organizer allows.
 */
export function perMinuteOf({ room, view }: Pick<RoomStatus, 'room' | 'state' | 'view'>): number {
  const allowed = room?.settings.admitPerMinute ?? 0;
  return Math.max(Math.min(1, allowed), Math.min(allowed, view?.pace ?? allowed));
}

function shuffleOf(room: RoomStatus['room']): object | null {
  if (!room?.settings.shuffleAtOpening) return null;
  const { seedCommitment: commitment, shuffled } = room;
  return { commitment, early: shuffled?.early ?? null, seed: shuffled?.seed ?? null };
}

function refreshSeconds(
  opensAt: string | undefined,
  state: RoomStatus['state'],
  waiting: number,
  now: number,
): number {
  if (state === 'off' || state === 'ended') return REFRESH.most;
  const forCrowd = Math.ceil(waiting / QUERIES_PER_SECOND);
  const untilOpening = state === 'countdown' ? Math.floor((Date.parse(opensAt!) - now) / 2_000) : 0;
  return Math.min(REFRESH.most, Math.max(REFRESH.least, forCrowd, untilOpening));
}

/**
 * Estimates the seconds until a place is called; null while the room is paused, off, or the place
 * is unknown.
 */
export function etaSeconds(
  status: RoomStatus,
  place: number | undefined,
  now: number,
): number | null {
  const { room, state } = status;
  if (!room || place === undefined || state === 'paused') return null;
  const opening =
    state === 'countdown' ? Math.max(0, Date.parse(room.settings.opensAt) - now) / 1_000 : 0;
  const ahead = Math.max(0, place - servingOf(status));
  return Math.ceil(opening + (ahead * 60) / perMinuteOf(status));
}

/** Seconds to wait before the next attempt to get a pass. */
export function retryAfter(status: 'waiting' | 'called' | 'not-drawn', eta: number | null): number {
  if (status !== 'waiting') return 1;
  return Math.min(MAX_RETRY, Math.max(REFRESH.least, Math.floor((eta ?? MAX_RETRY) / 2)));
}
