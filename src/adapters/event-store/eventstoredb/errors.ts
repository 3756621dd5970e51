import { AccessDeniedError, NotLeaderError } from '@eventstore/db-client';
import {
  EventStoreForbidden,
  EventStoreUnavailable,
} from '../../../ports/event-store/event-store.js';

/** gRPC status codes. */
const CODE = { unknown: 2, permissionDenied: 7, aborted: 10, unauthenticated: 16 };

const codeOf = (error: unknown): number | undefined =>
  (error as { code?: number } | undefined)?.code;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The server answers and refuses the account. Another connection would be refused too. */
export const isDenied = (error: unknown): boolean =>
  error instanceof AccessDeniedError ||
  error instanceof EventStoreForbidden ||
  codeOf(error) === CODE.permissionDenied ||
  codeOf(error) === CODE.unauthenticated;

/**
 * Servers up to 23.10 keep 32 live domain events for one subscription, and end it when more wait.
 * Nothing is lost: the subscription is opened again and continues.
 */
export const isConsumerTooSlow = (error: unknown): boolean =>
  codeOf(error) === CODE.aborted && messageOf(error).includes('Consumer too slow');

/** The server's answer to a position at which no record begins, and to its own internal errors. */
export const isHandlerFault = (error: unknown): boolean => codeOf(error) === CODE.unknown;

/** After any other error the next call goes out over a new connection. */
export const leavesConnectionUsable = (error: unknown): boolean =>
  isDenied(error) || isConsumerTooSlow(error) || error instanceof NotLeaderError;

/** The error for a call that had no effect, with a message for an operator. */
export function failedCall(
  error: unknown,
  connectionString: string,
  action: string,
): EventStoreUnavailable {
  if (error instanceof EventStoreUnavailable) return error;
  const options = { cause: error };
  if (!isDenied(error))
    return new EventStoreUnavailable(`EventStoreDB does not answer: ${messageOf(error)}`, options);
  return new EventStoreForbidden(forbiddenCause(error, connectionString, action), options);
}

/** Names the account and the missing permission. */
function forbiddenCause(error: unknown, connectionString: string, action: string): string {
  const account = accountOf(connectionString);
  const subject = account === undefined ? 'Callers without an account' : `The account "${account}"`;
  return codeOf(error) === CODE.unauthenticated
    ? `${subject} cannot log in to EventStoreDB, which is needed to ${action}: ${messageOf(error)}`
    : `${subject} may not ${action}: EventStoreDB denies the permission.`;
}

/** Name of the account in a connection string; the client sends none without TLS. */
function accountOf(connectionString: string): string | undefined {
  const name = /^[^:]+:\/\/([^:@/?]+)(?::[^@/?]*)?@/.exec(connectionString.trim())?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}
