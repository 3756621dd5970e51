import type { FastifyRequest } from 'fastify';
import type { WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { Clock } from '../../ports/system/clock.js';
import type { NumberTicket, Pass, PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { ProblemCode } from '../problems/problem-table.js';
import { Problem } from '../problems/problems.js';

/** Where a reservation carries the pass. */
export const PASS_HEADER = 'boxoffice-pass';

/** The refusal, or how to say what came of the reservation that was let through; undefined where no pass is needed. */
type Entrance =
  | { readonly refused: ProblemCode }
  | {
      readonly refused?: undefined;
      /** @param heldUntil milliseconds since the epoch; undefined when nothing was reserved */
      settle(heldUntil: number | undefined): void;
    };

/** In front of reserving: nobody passes without a pass while the event's waiting room is on. */
export interface WaitingRoomDoor {
  enter(
    request: FastifyRequest,
    eventId: string,
    account: string,
    reservationId: string,
  ): Promise<Entrance | undefined>;
}

export function openWaitingRoomDoor(
  rooms: WaitingRooms,
  signer: PlaceSigner,
  clock: Clock,
): WaitingRoomDoor {
  return {
    enter: async (request, eventId, account, reservationId) => {
      const header = request.headers[PASS_HEADER];
      const text = typeof header === 'string' && header !== '' ? header : undefined;
      const read =
        text === undefined ? undefined : checkedPass(signer, text, eventId, account, clock.now());
      const pass = typeof read === 'object' ? read : typeof read === 'string' ? 'unfit' : undefined;
      // A pass is looked at where one is needed: what a page sends along after the room is over harms nobody.
      const entry = await rooms.enter(eventId, account, pass, reservationId);
      if (entry === 'free') return undefined;
      if (typeof entry === 'object') {
        return { settle: (heldUntil) => rooms.settle(eventId, account, reservationId, heldUntil) };
      }
      if (entry === 'demanded')
        return { refused: typeof read === 'string' ? read : 'pass-missing' };
      return { refused: entry === 'outdated' ? 'pass-outdated' : 'pass-already-used' };
    },
  };
}

/** The pass, or why it is none for this reservation, in order of precedence. */
function checkedPass(
  signer: PlaceSigner,
  text: string,
  eventId: string,
  account: string,
  now: number,
): Pass | ProblemCode {
  const pass = signer.readPass(text);
  if (!pass) return 'pass-invalid';
  if (pass.eventId !== eventId) return 'pass-wrong-event';
  if (pass.account !== account) return 'pass-wrong-account';
  return pass.expiresAt <= now ? 'pass-expired' : pass;
}

/** @throws Problem for what is no number of this account at this event */
export function checkedNumber(
  signer: PlaceSigner,
  text: string,
  eventId: string,
  account: string,
): NumberTicket {
  const ticket = signer.readNumber(text);
  if (!ticket) throw new Problem('number-invalid');
  if (ticket.eventId !== eventId) throw new Problem('number-wrong-event');
  if (ticket.account !== account) throw new Problem('number-wrong-account');
  return ticket;
}
