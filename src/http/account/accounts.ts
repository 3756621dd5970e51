import type { Actor } from '../../domain/shared/domain-event.js';

/** Roles that a token may name; others are ignored. */
export const ROLES = ['customer', 'organizer', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, as the token says. */
export interface Account {
  /** The token's `sub`: opaque, 1 to 128 visible ASCII characters. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** The token's `email`, if it has one: personal data, for `contacts` alone. */
  readonly email?: string;
  /** Set when the token marks its mail address as unverified (`email_verified: false`). */
  readonly emailVerified?: false;
  /** Milliseconds since the epoch; the token is no good after. */
  readonly expiresAt: number;
}

export const MAX_ACCOUNT_ID_LENGTH = 128;
export const ACCOUNT_ID = new RegExp(`^[\\x21-\\x7e]{1,${MAX_ACCOUNT_ID_LENGTH}}$`);

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

/** The account in the role that lets it make this call. */
export function actorOf(account: Account, allowed: readonly Role[]): Actor {
  return { id: account.id, role: allowed.find((role) => account.roles.includes(role))! };
}

/** Who sets up venues and events and steers a sale. */
export const ORGANIZING: readonly Role[] = ['organizer', 'operator'];
export const CUSTOMER: readonly Role[] = ['customer'];
