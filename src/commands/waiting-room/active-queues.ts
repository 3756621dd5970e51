import type { AdmissionView } from '../../domain/waiting-room/admission.js';
import type { SeedOf } from '../../domain/waiting-room/shuffle.js';
import {
  isOn,
  queueOf,
  stateOf,
  type Queue,
  type WaitingRoom,
} from '../../domain/waiting-room/state.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import {
  AdmissionsLost,
  AdmissionsUnreachable,
  type Admissions,
} from '../../ports/waiting-room/admissions.js';
import type { PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { ShoppingRecord } from '../../ports/waiting-room/shopping-record.js';
import type { CommandContext } from '../shared/context.js';
import { openNumberSupply, type NumberSupply } from './number-supply.js';
import type { WaitingRoomLog } from './waiting-room-log.js';
import { addSample, isShuffleDue, rulesOf, type Sample } from './room-rules.js';

/** Dependencies of the waiting rooms of a node. */
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

/** Interval at which each node computes the public view. Milliseconds. */
const TICK_MS = 500;
/** A room without requests on this node for this long is left to other nodes. Milliseconds. */
const IDLE_AFTER_MS = 60_000;
/** Interval between cleanups of ended queues, and between reads of an idle room. Milliseconds. */
const SWEEP_MS = { active: 2_000, idle: 60_000 };
/** Shoppers inside that one tick checks. */
const SHOPPERS_PER_TICK = 5_000;
/** Maximum of restorations within one call. */
const RESTORES = 3;

type ConfiguredRoom = NonNullable<WaitingRoom>;

export interface ActiveQueue {
  readonly queue: Queue;
  /** Time of the last request; milliseconds since the epoch. */
  askedAt: number;
  view: AdmissionView | undefined;
  ticking: Promise<void> | undefined;
  /** Samples of the last minute, the oldest first. */
  readonly samples: Sample[];
}

/**
 * The queues that this node serves: advances each one at every tick, and deletes those that are
 * over.
 */
export class ActiveQueues {
  readonly supply: NumberSupply;
  private readonly active = new Map<string, ActiveQueue>();
  /**
   * Queues that may have stored state, by id, with the time when each was last on; milliseconds
   * since the epoch.
   */
  private readonly stored = new Map<string, { readonly queue: Queue; onAt: number }>();
  private sweptAt: number;
  private readonly stopping = new AbortController();
  private readonly ticking: Promise<void>;

  constructor(private readonly parts: WaitingRoomParts) {
    this.supply = openNumberSupply({ ...parts, contextOf: () => this.newContext() });
    this.sweptAt = parts.clock.now();
    this.ticking = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.ticking;
  }

  /** Restores lost state, then repeats the call. */
  async restoring<T>(queue: Queue, ask: () => Promise<T>): Promise<T> {
    for (let restores = 0; ; restores++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof AdmissionsLost)) throw error;
        if (restores >= RESTORES) throw new AdmissionsUnreachable(error.message, { cause: error });
        await this.supply.restore(queue);
      }
    }
  }

  /** Returns the queue of the room, which this node serves from now on. */
  activate(eventId: string, room: ConfiguredRoom): ActiveQueue {
    const now = this.parts.clock.now();
    const queue = queueOf(eventId, room);
    let one = this.active.get(queue.id);
    if (!one) {
      one = { queue, askedAt: 0, view: undefined, ticking: undefined, samples: [] };
      this.active.set(queue.id, one);
      this.stored.set(queue.id, { queue, onAt: now });
    }
    one.askedAt = now;
    return one;
  }

  /** Advances a queue, or waits for the tick in progress. */
  tick(room: ConfiguredRoom, one: ActiveQueue): Promise<void> {
    one.ticking ??= this.advance(room, one).finally(() => (one.ticking = undefined));
    return one.ticking;
  }

  private async run(): Promise<void> {
    const { clock, warn } = this.parts;
    while (!this.stopping.signal.aborted) {
      await this.sweep().catch((error: Error) =>
        warn(`ended queues not deleted yet: ${error.message}`),
      );
      await this.tickAll().catch((error: Error) =>
        warn(`waiting rooms not advanced, trying again: ${error.message}`),
      );
      await clock.sleep(TICK_MS, this.stopping.signal);
    }
  }

  /** Advances the time of a queue and does what is due. */
  private async advance(room: ConfiguredRoom, one: ActiveQueue): Promise<void> {
    const { admissions, clock, log, seedOf } = this.parts;
    const { queue } = one;
    const { eventId, run } = queue;
    const now = clock.now();
    one.view = await this.restoring(queue, () => admissions.advance(queue.id, rulesOf(room, now)));
    addSample(one.samples, one.view, clock.now());
    this.supply.saw(queue, one.view);
    if (isShuffleDue(room, now)) {
      const { issued: early } = one.view;
      const seed = seedOf(eventId, run, room.seedCommitment);
      await log.write(
        { type: 'ShuffleEarlyArrivals', eventId, run, early, seed, now },
        this.newContext(),
      );
    }
    await this.supply.keepUp(queue, room, one.view);
    await this.releaseShoppers(queue);
  }

  private async releaseShoppers({ id, eventId }: Queue): Promise<void> {
    const { admissions, record } = this.parts;
    const shoppers = await admissions.shoppers(id, SHOPPERS_PER_TICK);
    if (shoppers.length === 0) return;
    const reservationIds = shoppers.map(({ reservationId }) => reservationId);
    const ended = new Set(await record.ended(eventId, reservationIds));
    const released = shoppers
      .filter(({ reservationId }) => ended.has(reservationId))
      .map(({ account }) => account);
    if (released.length > 0) await admissions.leave(id, released);
  }

  private async tickAll(): Promise<void> {
    const now = this.parts.clock.now();
    for (const [id, one] of this.active) {
      if (now - one.askedAt > IDLE_AFTER_MS) {
        this.active.delete(id);
        continue;
      }
      const { on } = await this.roomOf(one.queue);
      if (on) await this.tick(on, one);
    }
  }

  /** Undefined if the queue is over. */
  private async roomOf({ eventId, run }: Queue) {
    const { log, clock } = this.parts;
    const room = await log.room(eventId);
    return { on: room?.run === run && isOn(stateOf(room, clock.now())) ? room : undefined };
  }

  /** Deletes the state of ended queues. The log knows which of their numbers were valid. */
  private async sweep(): Promise<void> {
    const { admissions, clock } = this.parts;
    if (Math.abs(clock.now() - this.sweptAt) < SWEEP_MS.active) return;
    this.sweptAt = clock.now();
    for (const [id, known] of this.stored) {
      const { queue, onAt } = known;
      if (!this.active.has(id) && Math.abs(clock.now() - onAt) < SWEEP_MS.idle) continue;
      if ((await this.roomOf(queue)).on) {
        known.onAt = clock.now();
        continue;
      }
      await admissions.drop(id);
      this.supply.forget(queue);
      this.active.delete(id);
      this.stored.delete(id);
    }
  }

  private newContext(): CommandContext {
    const commandId = this.parts.randomness.uuid();
    const actor = { id: 'waiting-room', role: 'system' } as const;
    return { commandId, correlationId: commandId, causationId: commandId, actor };
  }
}
