import type { AdmissionRules, AdmissionView } from '../../domain/waiting-room/admission.js';
import type { PassUse, Trade } from '../../domain/waiting-room/numbers.js';
import {
  isOn,
  placeOf,
  stateOf,
  type Queue,
  type ShownState,
  type WaitingRoom,
} from '../../domain/waiting-room/state.js';
import { AdmissionsLost } from '../../ports/waiting-room/admissions.js';
import type { NumberTicket, Pass } from '../../ports/waiting-room/place-signer.js';
import { ActiveQueues, type WaitingRoomParts } from './active-queues.js';
import { ratesOf, rulesOf, type RoomRates } from './room-rules.js';

export interface RoomStatus {
  readonly room: WaitingRoom;
  readonly state: ShownState;
  /** View of the last tick; undefined while the room is off or unreachable since the start. */
  readonly view: AdmissionView | undefined;
  /**
   * Average of the last minute, or since the start of this node; undefined before the second tick.
   */
  readonly rates: RoomRates | undefined;
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

/** Serves all waiting rooms on this node. */
export const openWaitingRooms = (parts: WaitingRoomParts): WaitingRooms =>
  new NodeWaitingRooms(parts);

class NodeWaitingRooms implements WaitingRooms {
  private readonly queues: ActiveQueues;

  constructor(private readonly parts: WaitingRoomParts) {
    this.queues = new ActiveQueues(parts);
  }

  room(eventId: string): Promise<WaitingRoom> {
    return this.parts.log.room(eventId);
  }

  async status(eventId: string): Promise<RoomStatus> {
    const { room, state, on, one } = await this.findActive(eventId);
    if (!on) return { room, state, view: undefined, rates: undefined };
    if (!one.view) await this.queues.tick(on, one).catch(() => {});
    return { room, state, view: one.view, rates: ratesOf(one.samples) };
  }

  async takeNumber(
    eventId: string,
    account: string,
    shown: NumberTicket | undefined,
  ): Promise<TicketOutcome> {
    const { admissions, clock } = this.parts;
    const { state, on, queue } = await this.findActive(eventId);
    if (!on) return { closed: state };
    const valid = shown && shown.number > on.startsAfter ? shown.number : undefined;
    const { number, since } = await this.queues.supply.take(queue, () =>
      this.queues.restoring(queue, () => admissions.takeNumber(queue.id, account, valid)),
    );
    // A reservation after `since` shows that the number was used, if the state was lost.
    const issuedAt = shown?.number === number ? shown.issuedAt : (since ?? clock.now());
    return { ticket: { eventId, account, number, issuedAt }, place: placeOf(on, number) };
  }

  async trade(eventId: string, { account, number, issuedAt }: NumberTicket): Promise<PassOutcome> {
    const { admissions, clock, randomness, record } = this.parts;
    const { state, on, queue } = await this.findActive(eventId);
    if (!on) return { closed: state };
    if (number <= on.startsAfter) return { status: 'outdated' };
    const place = placeOf(on, number);
    if (place === undefined) return { status: 'not-drawn' };
    const passId = randomness.uuid();
    const rules = rulesOf(on, clock.now());
    const traded = await this.queues.restoring(queue, () =>
      admissions.trade(queue.id, rules, { account, number, place, passId }),
    );
    if (traded.status !== 'admitted') return { status: traded.status, place };
    // The stored state knows used numbers. After a loss, the account's later reservations show
    // them.
    if (traded.passId === passId && (await record.hasShopped(eventId, account, issuedAt))) {
      await admissions.leave(queue.id, [account]);
      return { status: 'spent', place };
    }
    const { expiresAt, generation } = traded;
    const pass = { eventId, account, passId: traded.passId, generation, expiresAt };
    return { status: 'admitted', pass };
  }

  async enter(
    eventId: string,
    account: string,
    pass: Parameters<WaitingRooms['enter']>[2],
    reservationId: string,
  ): Promise<Entry> {
    const { on, queue } = await this.findActive(eventId);
    if (!on) return 'free';
    const rules = rulesOf(on, this.parts.clock.now());
    if (pass === 'unfit') return 'demanded';
    const isOptional = !on.settings.queueAll;
    const shown = pass ?? (isOptional ? await this.walkIn(queue, rules, account) : undefined);
    if (!shown) return 'demanded';
    const use = { account, reservationId, passId: shown.passId, generation: shown.generation };
    const used = await this.queues.restoring(queue, () =>
      this.parts.admissions.usePass(queue.id, rules, use),
    );
    return used === 'granted' ? { granted: true } : used;
  }

  settle(
    eventId: string,
    account: string,
    reservationId: string,
    heldUntil: number | undefined,
  ): void {
    const { admissions, warn } = this.parts;
    const settled = async () => {
      const { queue } = await this.findActive(eventId);
      if (queue) await admissions.settleUse(queue.id, { account, reservationId, heldUntil });
    };
    settled().catch((error: Error) => {
      // The slot ends by itself, and the reservation is valid without it.
      if (!(error instanceof AdmissionsLost)) warn(`use of a pass not recorded: ${error.message}`);
    });
  }

  async close(): Promise<void> {
    await this.queues.close();
    await this.parts.admissions.close();
  }

  /** `on` is undefined if the room is off. */
  private async findActive(eventId: string) {
    const room = await this.parts.log.room(eventId);
    const state = stateOf(room, this.parts.clock.now());
    if (!room || !isOn(state)) return { room, state };
    const one = this.queues.activate(eventId, room);
    return { room, state, on: room, one, queue: one.queue };
  }

  /** Admits an account without a number, if nobody has to wait. */
  private async walkIn(queue: Queue, rules: AdmissionRules, account: string) {
    const { admissions, randomness } = this.parts;
    for (;;) {
      const passId = randomness.uuid();
      const entered = await this.queues.restoring(queue, () =>
        admissions.walkIn(queue.id, rules, { account, passId }),
      );
      if (entered !== 'ceiling-reached') return entered;
      await this.queues.supply.more(queue);
    }
  }
}
