/** The claims of a ticket code. */
export interface TicketClaims {
  readonly ticketId: string;
  readonly eventId: string;
  readonly seatId: string;
  readonly reservationId: string;
  /** When the seat was paid for, in whole seconds as milliseconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * A ticket that admits now. Only `codedTickets` and `codeOf` in `commands/coded-tickets.ts` build
 * this type: the first from a confirmed reservation, the second from a stored ticket with the
 * status `valid`.
 */
export interface ValidTicket extends TicketClaims {
  readonly status: 'valid';
}

/** In order of precedence. `ticket-code-invalid`: not a code, or altered after signing. */
export type TicketCodeRefusal = 'ticket-code-invalid' | 'ticket-key-unknown';

export type CheckedCode =
  | { readonly genuine: true; readonly claims: TicketClaims }
  | { readonly genuine: false; readonly code: TicketCodeRefusal };

/** An Ed25519 public key that verifies codes (RFC 8037). */
export interface PublicTicketKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** Signs ticket codes. Anyone with the public keys can verify them. */
export interface TicketSigner {
  /** Returns the same code for the same claims as long as the same key signs. */
  sign(ticket: ValidTicket): string;
  /** Rejects a code in which any character was altered, including the last one. */
  check(code: string): CheckedCode;
  /** The signing key first, then earlier keys. */
  readonly publicKeys: readonly PublicTicketKey[];
}
