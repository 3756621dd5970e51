import type { SeatInventoryRejection } from '../../../domain/seat-inventory/commands.js';
import type { Reservation } from '../../../domain/seat-inventory/state/reservation.js';

export type Outcome =
  | {
      readonly accepted: true;
      /** Revision of the inventory's stream, including the domain events of this command. */
      readonly revision: bigint;
      /** False if nothing had to be written, for example for a repeated command. */
      readonly written: boolean;
      /** The reservation that the command names, right after it. */
      readonly reservation: Reservation | undefined;
    }
  | { readonly accepted: false; readonly rejection: SeatInventoryRejection };

export class MailboxFull extends Error {
  override name = 'MailboxFull';
}

export class TooManyConflicts extends Error {
  override name = 'TooManyConflicts';
}
