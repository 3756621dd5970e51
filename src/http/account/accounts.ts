import type { Actor } from '../../domain/shared/domain-event.js';

/** Roles that a token may name; others are ignored. */
export const ROLES = ['customer', 'organizer', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** An account, as its token describes it. */
export interface Account {
  /** The token's `sub`: opaque, 1 to 128 visible ASCII characters. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** The token's `email`, if present: personal data, stored only in the `contacts` table. */
  readonly email?: string;
  /** Set when the token marks its mail address as unverified (`email_verified: false`). */
  readonly emailVerified?: false;
  /** Expiry of the token, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

export const MAX_ACCOUNT_ID_LENGTH = 128;
export const ACCOUNT_ID = new RegExp(`^[\\x21-\\x7e]{1,${MAX_ACCOUNT_ID_LENGTH}}$`);

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

/** Returns the actor: the account, with the role that allows this call. */
export function actorOf(account: Account, allowed: readonly Role[]): Actor {
  return { id: account.id, role: allowed.find((role) => account.roles.includes(role))! };
}

/** Roles that set up venues and events and manage sales. */
export const ORGANIZING: readonly Role[] = ['organizer', 'operator'];
export const CUSTOMER: readonly Role[] = ['customer'];
