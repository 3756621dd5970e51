import type { CheckInEvent, TicketRedeemedData, VoidReason } from './events.js';

/** Check-in state of one ticket. */
export interface CheckIn {
  /** Set when the ticket is redeemed; stays when the ticket is voided and reinstated later. */
  readonly redeemed?: TicketRedeemedData;
  /** While the ticket is void. */
  readonly void?: {
    /** Reason of the newest change. */
    readonly reason: VoidReason;
    /** Refunds and exchanges that voided the ticket since it was last valid, oldest first. */
    readonly changeIds: readonly string[];
  };
}

/** A ticket that was neither redeemed nor voided. */
export const UNTOUCHED: CheckIn = {};

export function evolveCheckIn(checkIn: CheckIn, event: CheckInEvent): CheckIn {
  switch (event.type) {
    case 'TicketRedeemed':
      return { ...checkIn, redeemed: event.data };
    case 'TicketVoided': {
      const { reason, changeId } = event.data;
      return {
        ...checkIn,
        void: { reason, changeIds: [...(checkIn.void?.changeIds ?? []), changeId] },
      };
    }
    case 'TicketReinstated':
      return checkIn.redeemed ? { redeemed: checkIn.redeemed } : UNTOUCHED;
    default:
      throw new Error(
        `Unknown domain event type ${(event as { type: string }).type}: run the newer version.`,
      );
  }
}
