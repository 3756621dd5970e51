import type { AdmissionRules, AdmissionView } from '../../domain/waiting-room/admission.js';
import type { PassUse, Trade } from '../../domain/waiting-room/numbers.js';
import type { SeedOf } from '../../domain/waiting-room/shuffle.js';
import {
  isOn,
  placeOf,
  rowOf,
  stateOf,
  type Row,
  type ShownState,
  type WaitingRoom,
} from '../../domain/waiting-room/state.js';
import {
  AdmissionsLost,
  AdmissionsUnreachable,
  type Admissions,
} from '../../ports/waiting-room/admissions.js';
import type { Clock } from '../../ports/system/clock.js';
import type { NumberTicket, Pass, PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { ShoppingRecord } from '../../ports/waiting-room/shopping-record.js';
import type { CommandContext } from '../shared/context.js';
import { openNumberSupply } from './number-supply.js';
import type { WaitingRoomLog } from './waiting-room-log.js';

/** Interval at which each node computes the public view. Milliseconds. */
const BEAT_MS = 500;
/** A room without requests on this node for this long is left to other nodes. Milliseconds. */
const ASLEEP_AFTER_MS = 60_000;
/** Interval between cleanups of ended queues, and between reads of an idle room. Milliseconds. */
const SWEEP_MS = { awake: 2_000, asleep: 60_000 };
/** Shoppers inside that one tick checks. */
const SHOPPERS_PER_BEAT = 5_000;
/** Maximum of restorations within one call. */
const RESTORES = 3;

export interface RoomStatus {
  readonly room: WaitingRoom;
  readonly state: ShownState;
  /** View of the last tick; undefined while the room is off or unreachable since the start. */
  readonly view: AdmissionView | undefined;
  /**
   * Average of the last minute, or since the start of this node; undefined before the second tick.
   */
  readonly rates: { readonly arrivals: number; readonly served: number } | undefined;
}

/** `closed`: there is no queue. The place is undefined before the shuffle. */
export type TicketOutcome =
  | { readonly ticket: NumberTicket; readonly place: number | undefined }
  | { readonly closed: ShownState };
/**
 * `not-drawn`: the shuffle decides the place. `outdated`: the number belongs to an earlier run of
 * the room.
 */
export type PassOutcome =
  | { readonly status: 'admitted'; readonly pass: Pass }
  | { readonly status: Exclude<Trade['status'], 'admitted'>; readonly place: number }
  | { readonly status: 'not-drawn' | 'outdated' }
  | { readonly closed: ShownState };
/** `free`: the room is off. `demanded`: a pass is required, and none was sent. */
export type Entry =
  'free' | 'demanded' | Exclude<PassUse, 'granted'> | 'outdated' | { readonly granted: true };

export interface WaitingRooms {
  room(eventId: string): Promise<WaitingRoom>;
  status(eventId: string): Promise<RoomStatus>;
  /** @throws AdmissionsUnreachable, EventStoreUnavailable, OutcomeUnknown */
  takeNumber(
    eventId: string,
    account: string,
    shown: NumberTicket | undefined,
  ): Promise<TicketOutcome>;
  /** @throws AdmissionsUnreachable */
  trade(eventId: string, ticket: NumberTicket): Promise<PassOutcome>;
  /**
   * Checks whether this account may make this reservation now. `unfit`: the text is no pass for it.
   * @throws AdmissionsUnreachable
   */
  enter(
    eventId: string,
    account: string,
    pass: Pass | 'unfit' | undefined,
    reservationId: string,
  ): Promise<Entry>;
  /** Reports the outcome without waiting. @param heldUntil milliseconds since the epoch */
  settle(
    eventId: string,
    account: string,
    reservationId: string,
    heldUntil: number | undefined,
  ): void;
  close(): Promise<void>;
}

export interface WaitingRoomParts {
  readonly log: WaitingRoomLog;
  readonly admissions: Admissions;
  readonly record: ShoppingRecord;
  readonly signer: PlaceSigner;
  readonly seedOf: SeedOf;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly warn: (message: string) => void;
}

interface Awake {
  readonly row: Row;
  /** Time of the last request; milliseconds since the epoch. */
  askedAt: number;
  view: AdmissionView | undefined;
  /** Time of the last tick that reached the store; milliseconds since the epoch. */
  reachedAt: number;
  beating: Promise<void> | undefined;
  /** Samples of the last minute, the oldest first. */
  readonly samples: Sample[];
}

interface Sample {
  readonly at: number;
  readonly issued: number;
  readonly admitted: number;
}

/** Serves all waiting rooms on this node. */
export function openWaitingRooms(parts: WaitingRoomParts): WaitingRooms {
  const { log, admissions, clock, randomness, warn } = parts;
  /** By queue. */
  const awake = new Map<string, Awake>();
  /**
   * Queues that may have stored state, by id, with the time when each was last on; milliseconds
   * since the epoch.
   */
  const rows = new Map<string, { readonly row: Row; onAt: number }>();
  const contextOf = (): CommandContext => {
    const commandId = randomness.uuid();
    const actor = { id: 'waiting-room', role: 'system' } as const;
    return { commandId, correlationId: commandId, causationId: commandId, actor };
  };
  const supply = openNumberSupply({ ...parts, contextOf });

  /** Restores lost state, then repeats the call. */
  const kept = async <T>(row: Row, ask: () => Promise<T>): Promise<T> => {
    for (let restores = 0; ; restores++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof AdmissionsLost)) throw error;
        if (restores >= RESTORES) throw new AdmissionsUnreachable(error.message, { cause: error });
        await supply.restore(row);
      }
    }
  };

  const wake = (eventId: string, room: NonNullable<WaitingRoom>): Awake => {
    const row = rowOf(eventId, room);
    let one = awake.get(row.id);
    if (!one) {
      one = {
        row,
        askedAt: 0,
        view: undefined,
        reachedAt: -Infinity,
        beating: undefined,
        samples: [],
      };
      awake.set(row.id, one);
      rows.set(row.id, { row, onAt: clock.now() });
    }
    one.askedAt = clock.now();
    return one;
  };

  /** Advances the time of a room and does what is due. */
  const beat = async (room: NonNullable<WaitingRoom>, one: Awake): Promise<void> => {
    const { row } = one;
    const { eventId, run } = row;
    const now = clock.now();
    one.view = await kept(row, () => admissions.advance(row.id, rulesOf(room, now)));
    one.reachedAt = clock.now();
    sample(one.samples, one.view, one.reachedAt);
    supply.saw(row, one.view);
    if (isShuffleDue(room, now)) {
      const { issued: early } = one.view;
      const seed = parts.seedOf(eventId, run, room.seedCommitment);
      await log.write(
        { type: 'ShuffleEarlyArrivals', eventId, run, early, seed, now },
        contextOf(),
      );
    }
    await supply.keepUp(row, room, one.view);
    await letOut(row);
  };

  const letOut = async ({ id, eventId }: Row): Promise<void> => {
    const shoppers = await admissions.shoppers(id, SHOPPERS_PER_BEAT);
    if (shoppers.length === 0) return;
    const ended = new Set(
      await parts.record.ended(
        eventId,
        shoppers.map(({ reservationId }) => reservationId),
      ),
    );
    const gone = shoppers.filter(({ reservationId }) => ended.has(reservationId));
    if (gone.length > 0) {
      await admissions.leave(
        id,
        gone.map(({ account }) => account),
      );
    }
  };

  const beatOnce = (room: NonNullable<WaitingRoom>, one: Awake): Promise<void> => {
    one.beating ??= beat(room, one).finally(() => (one.beating = undefined));
    return one.beating;
  };

  const stopping = new AbortController();
  const beatAll = async (): Promise<void> => {
    const now = clock.now();
    for (const [id, one] of awake) {
      if (now - one.askedAt > ASLEEP_AFTER_MS) {
        awake.delete(id);
        continue;
      }
      const { on } = await onRow(one.row);
      if (on) await beatOnce(on, one);
    }
  };
  /** Undefined if the queue is over. */
  const onRow = async ({ eventId, run }: Row) => {
    const room = await log.room(eventId);
    return { on: room?.run === run && isOn(stateOf(room, clock.now())) ? room : undefined };
  };
  let sweptAt = clock.now();
  /** Deletes the state of ended queues. The log knows which of their numbers were valid. */
  const sweep = async (): Promise<void> => {
    if (Math.abs(clock.now() - sweptAt) < SWEEP_MS.awake) return;
    sweptAt = clock.now();
    for (const [id, known] of rows) {
      const { row, onAt } = known;
      if (!awake.has(id) && Math.abs(clock.now() - onAt) < SWEEP_MS.asleep) continue;
      if ((await onRow(row)).on) {
        known.onAt = clock.now();
        continue;
      }
      await admissions.drop(id);
      supply.forget(row);
      awake.delete(id);
      rows.delete(id);
    }
  };
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await sweep().catch((error: Error) => warn(`what is over is kept for now: ${error.message}`));
      await beatAll().catch((error: Error) =>
        warn(`waiting rooms stand still, trying again: ${error.message}`),
      );
      await clock.sleep(BEAT_MS, stopping.signal);
    }
  })();

  /** Undefined if the room is off. */
  const onRoom = async (eventId: string) => {
    const room = await log.room(eventId);
    const state = stateOf(room, clock.now());
    if (!room || !isOn(state)) return { room, state };
    return { room, state, on: room, one: wake(eventId, room), row: rowOf(eventId, room) };
  };

  return {
    room: (eventId) => log.room(eventId),
    status: async (eventId) => {
      const { room, state, on, one } = await onRoom(eventId);
      if (!on) return { room, state, view: undefined, rates: undefined };
      if (!one.view) await beatOnce(on, one).catch(() => {});
      return { room, state, view: one.view, rates: ratesOf(one.samples) };
    },
    takeNumber: async (eventId, account, shown) => {
      const { state, on, row } = await onRoom(eventId);
      if (!on) return { closed: state };
      const counts = shown && shown.number > on.startsAfter ? shown.number : undefined;
      const { number, since } = await supply.take(row, () =>
        kept(row, () => admissions.takeNumber(row.id, account, counts)),
      );
      // A reservation after `since` shows that the number was used, if the state was lost.
      const issuedAt = shown?.number === number ? shown.issuedAt : (since ?? clock.now());
      return { ticket: { eventId, account, number, issuedAt }, place: placeOf(on, number) };
    },
    trade: async (eventId, { account, number, issuedAt }) => {
      const { state, on, row } = await onRoom(eventId);
      if (!on) return { closed: state };
      if (number <= on.startsAfter) return { status: 'outdated' };
      const place = placeOf(on, number);
      if (place === undefined) return { status: 'not-drawn' };
      const passId = randomness.uuid();
      const rules = rulesOf(on, clock.now());
      const traded = await kept(row, () =>
        admissions.trade(row.id, rules, { account, number, place, passId }),
      );
      if (traded.status !== 'admitted') return { status: traded.status, place };
      // The stored state knows used numbers. After a loss, the account's later reservations show
      // them.
      if (traded.passId === passId && (await parts.record.hasShopped(eventId, account, issuedAt))) {
        await admissions.leave(row.id, [account]);
        return { status: 'spent', place };
      }
      const { expiresAt, generation } = traded;
      return {
        status: 'admitted',
        pass: { eventId, account, passId: traded.passId, generation, expiresAt },
      };
    },
    enter: async (eventId, account, pass, reservationId) => {
      const { on, row } = await onRoom(eventId);
      if (!on) return 'free';
      const rules = rulesOf(on, clock.now());
      if (pass === 'unfit') return 'demanded';
      const shown = pass ?? (on.settings.queueAll ? undefined : await walkIn(row, rules, account));
      if (!shown) return 'demanded';
      const use = { account, reservationId, passId: shown.passId, generation: shown.generation };
      const used = await kept(row, () => admissions.usePass(row.id, rules, use));
      return used === 'granted' ? { granted: true } : used;
    },
    settle: (eventId, account, reservationId, heldUntil) => {
      const settled = async () => {
        const { row } = await onRoom(eventId);
        if (row) await admissions.settleUse(row.id, { account, reservationId, heldUntil });
      };
      settled().catch((error: Error) => {
        // The slot ends by itself, and the reservation is valid without it.
        if (!(error instanceof AdmissionsLost))
          warn(`use of a pass not written down: ${error.message}`);
      });
    },
    close: async () => {
      stopping.abort();
      await beating;
      await admissions.close();
    },
  };

  async function walkIn(row: Row, rules: AdmissionRules, account: string) {
    for (;;) {
      const passId = randomness.uuid();
      const entered = await kept(row, () => admissions.walkIn(row.id, rules, { account, passId }));
      if (entered !== 'ceiling-reached') return entered;
      await supply.more(row);
    }
  }
}

/** Window of the measured rates. Milliseconds. */
const RATES_MS = 60_000;

function sample(samples: Sample[], { issued, counts }: AdmissionView, at: number): void {
  samples.push({ at, issued, admitted: counts.admitted });
  while (samples.length > 2 && (at - samples[0]!.at > RATES_MS || samples[0]!.at > at))
    samples.shift();
}

function ratesOf(samples: readonly Sample[]): RoomStatus['rates'] {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || last.at <= first.at) return undefined;
  const perMinute = (count: number) =>
    Math.max(0, Math.round((count * 60_000) / (last.at - first.at)));
  return {
    arrivals: perMinute(last.issued - first.issued),
    served: perMinute(last.admitted - first.admitted),
  };
}

/** Rules that apply now. */
export function rulesOf(room: NonNullable<WaitingRoom>, now: number): AdmissionRules {
  const { admitPerMinute, maxShoppers, passSeconds, claimSeconds } = room.settings;
  return {
    admitting: stateOf(room, now) === 'open' && placeOf(room, 1) !== undefined,
    ...{ perMinute: admitPerMinute, maxShoppers },
    ...{ passMs: passSeconds * 1_000, claimMs: claimSeconds * 1_000 },
  };
}

const isShuffleDue = (room: NonNullable<WaitingRoom>, now: number): boolean =>
  stateOf(room, now) === 'open' && placeOf(room, 1) === undefined;
