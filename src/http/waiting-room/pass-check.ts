import type { WaitingRooms } from '../../commands/waiting-room/waiting-rooms.js';
import type { Clock } from '../../ports/system/clock.js';
import type { NumberTicket, Pass, PlaceSigner } from '../../ports/waiting-room/place-signer.js';
import type { HeaderValue, Rejected } from '../abuse/attempts.js';
import type { ProblemCode } from '../problems/table/problem-table.js';
import { Problem } from '../problems/problems.js';

/** Header with the pass of a reservation. */
export const PASS_HEADER = 'boxoffice-pass';

/** A reservation that passed the waiting room. */
export interface AdmittedShopper {
  readonly problem?: undefined;
  /**
   * Reports the outcome of the reservation.
   * @param heldUntil milliseconds since the epoch; undefined when nothing was reserved
   */
  settle(heldUntil: number | undefined): void;
}

/** Checks passes of the waiting room. */
export interface PassCheck {
  /**
   * Checks the pass of a reservation; undefined where the event needs none.
   * @throws AdmissionsUnreachable, AdmissionsFull
   */
  check(
    header: HeaderValue,
    eventId: string,
    account: string,
    reservationId: string,
  ): Promise<Rejected | AdmittedShopper | undefined>;
}

export function openPassCheck(rooms: WaitingRooms, signer: PlaceSigner, clock: Clock): PassCheck {
  return {
    check: async (header, eventId, account, reservationId) => {
      const text = typeof header === 'string' && header !== '' ? header : undefined;
      const read =
        text === undefined ? undefined : readPass(signer, text, eventId, account, clock.now());
      const pass = typeof read === 'object' ? read : typeof read === 'string' ? 'unfit' : undefined;
      // A bad pass is reported only where a pass is needed: a page may still send one after the
      // room was closed.
      const entry = await rooms.enter(eventId, account, pass, reservationId);
      if (entry === 'free') return undefined;
      if (typeof entry === 'object')
        return { settle: (heldUntil) => rooms.settle(eventId, account, reservationId, heldUntil) };
      if (entry === 'demanded')
        return { problem: typeof read === 'string' ? read : 'pass-missing' };
      return { problem: entry === 'outdated' ? 'pass-outdated' : 'pass-already-used' };
    },
  };
}

/** Reads a pass, or finds why it does not fit this reservation, in order of precedence. */
function readPass(
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

/** Reads a signed queue number. @throws Problem unless it belongs to this account and event */
export function readQueueNumber(
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
