/** A queue number. */
export interface NumberTicket {
  readonly eventId: string;
  readonly account: string;
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** A pass lets its holder reserve. */
export interface Pass {
  readonly eventId: string;
  readonly account: string;
  readonly passId: string;
  readonly generation: string;
  /**
   * Whole seconds as milliseconds since the epoch: rounded down, so that a pass never outlives its
   * slot.
   */
  readonly expiresAt: number;
}

/** Signs queue numbers and passes, so that they stay valid after a loss of the store. */
export interface PlaceSigner {
  signNumber(ticket: NumberTicket): string;
  /** Undefined for a text that was not signed here or was altered. */
  readNumber(text: string): NumberTicket | undefined;
  signPass(pass: Pass): string;
  /** Undefined for a text that was not signed here or was altered. Expired passes are read. */
  readPass(text: string): Pass | undefined;
}
