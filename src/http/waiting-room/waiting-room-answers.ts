import type { RoomStatus } from '../../commands/waiting-room/waiting-rooms.js';

/** Between two looks at the public status. Seconds. */
const REFRESH = { least: 2, most: 30 };
/** Of all who wait, so many look in a second: what an edge cache answers with ease. */
const LOOKS_PER_SECOND = 200_000;
/** Nobody is told to come back later than this. Seconds. */
const MOST_RETRY = 30;

/** The same for everyone. */
export function publicStatus(
  eventId: string,
  { room, state, view }: RoomStatus,
  now: number,
): object {
  const waiting = view ? Math.max(0, view.issued - view.nowServing) : 0;
  return {
    ...{ eventId, state, opensAt: room && state !== 'off' ? room.settings.opensAt : null },
    startsAfter: room?.startsAfter ?? 0,
    ...{
      nowServing: servingOf({ room, view }),
      perMinute: perMinuteOf({ room, state, view }),
      waiting,
    },
    refreshSeconds: refreshSeconds(room?.settings.opensAt, state, waiting, now),
    queueAll: room?.settings.queueAll ?? false,
    shuffle: shuffleOf(room),
  };
}

/** A row begins behind the numbers of those before it. */
const servingOf = ({ room, view }: Pick<RoomStatus, 'room' | 'view'>): number =>
  view?.nowServing ?? room?.startsAfter ?? 0;

/** Called in a minute: as measured while people wait, for the room may be full; never more than the organiser allows. */
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
  const forCrowd = Math.ceil(waiting / LOOKS_PER_SECOND);
  const untilOpening = state === 'countdown' ? Math.floor((Date.parse(opensAt!) - now) / 2_000) : 0;
  return Math.min(REFRESH.most, Math.max(REFRESH.least, forCrowd, untilOpening));
}

/** Seconds until a place is called, as far as anybody can tell; null while nobody can. */
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

/** Seconds until it is worth asking again. */
export function retryAfter(status: 'waiting' | 'called' | 'not-drawn', eta: number | null): number {
  if (status !== 'waiting') return 1;
  return Math.min(MOST_RETRY, Math.max(REFRESH.least, Math.floor((eta ?? MOST_RETRY) / 2)));
}
