/** A place in the row. */
export interface NumberTicket {
  readonly eventId: string;
  readonly account: string;
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** Lets its holder reserve. */
export interface Pass {
  readonly eventId: string;
  readonly account: string;
  readonly passId: string;
  readonly generation: string;
  /** Whole seconds as milliseconds since the epoch: rounded down, so that a pass never outlives its slot. */
  readonly expiresAt: number;
}

/** Signs what visitors of a waiting room carry, so that it holds whatever is lost. */
export interface PlaceSigner {
  signNumber(ticket: NumberTicket): string;
  /** Undefined for what was not signed here, or was altered since. */
  readNumber(text: string): NumberTicket | undefined;
  signPass(pass: Pass): string;
  /** Undefined for what was not signed here, or was altered since. An expired pass is read. */
  readPass(text: string): Pass | undefined;
}
