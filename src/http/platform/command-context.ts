import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '../../commands/shared/context.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { accountOf } from '../account/access.js';
import './client.js';
import { actorOf, type Role } from '../account/accounts.js';

/**
 * Returns the context of a command: the actor, and the request that its domain events belong to.
 * @param allowed roles that the route is open to
 */
export function contextOf(
  request: FastifyRequest,
  allowed: readonly Role[],
  randomness: Randomness,
): CommandContext {
  return {
    commandId: randomness.uuid(),
    correlationId: request.id,
    causationId: request.id,
    actor: actorOf(accountOf(request), allowed),
    client: request.client,
  };
}
