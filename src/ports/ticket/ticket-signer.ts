/** What a ticket's code says. */
export interface TicketClaims {
  readonly ticketId: string;
  readonly eventId: string;
  readonly seatId: string;
  readonly reservationId: string;
  /** When the seat was paid for, in whole seconds as milliseconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * A ticket that admits now. Only `codedTickets` and `codeOf` in `commands/coded-tickets.ts` build this type: the first
 * from a confirmed reservation, the second from a stored ticket with the status `valid`.
 */
export interface ValidTicket extends TicketClaims {
  readonly status: 'valid';
}

/** In order of precedence. `ticket-code-invalid`: no code at all, or not as it was signed. */
export type TicketCodeRefusal = 'ticket-code-invalid' | 'ticket-key-unknown';

export type CheckedCode =
  | { readonly genuine: true; readonly claims: TicketClaims }
  | { readonly genuine: false; readonly code: TicketCodeRefusal };

/** An Ed25519 key that codes are checked by (RFC 8037). */
export interface PublicTicketKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** Makes the codes on tickets, which anybody can check who has the public keys. */
export interface TicketSigner {
  /** The same claims give the same code for as long as the same key signs. */
  sign(ticket: ValidTicket): string;
  /** Any single character altered, the last one too, makes a code that is not genuine. */
  check(code: string): CheckedCode;
  /** The key that signs first, then those that have signed before. */
  readonly publicKeys: readonly PublicTicketKey[];
}
