import type { FastifyReply, FastifyRequest, preParsingAsyncHookHandler } from 'fastify';
import { NoRoom, openFairShare } from '../ports/fair-share.js';
import { BODY_LIMIT } from './fastify-options.js';
import { Problem } from './problems.js';

/** Large bodies in memory at once: three times 32 MiB, and as much again while their parts are joined. */
const PLACES = 3;
/** One account cannot take all of them by sending slowly. */
const PLACES_PER_ACCOUNT = 2;
const MAX_WAITING_PER_ACCOUNT = 100;
const MAX_ACCOUNTS_WAITING = 100;
/** A request that has waited this long is refused, before its connection is closed for being still. Milliseconds. */
const MAX_WAIT_MS = 60_000;

/**
 * Lets a route take large bodies, a few at a time: the others wait before they are read. A place is held until the answer has
 * been sent or the client has left. For Fastify's `preParsing`, after the account is known.
 */
export function takeTurnsToUpload(): preParsingAsyncHookHandler {
  const share = openFairShare({
    places: PLACES,
    placesPerAsker: PLACES_PER_ACCOUNT,
    maxWaitingPerAsker: MAX_WAITING_PER_ACCOUNT,
    maxAskersWaiting: MAX_ACCOUNTS_WAITING,
  });
  return async (request, reply, payload) => {
    if (needsTurn(request)) {
      const leave = await waitForTurn(request, reply);
      if (reply.raw.destroyed) leave();
      else reply.raw.once('close', leave);
    }
    return payload;
  };

  async function waitForTurn(request: FastifyRequest, reply: FastifyReply): Promise<() => void> {
    const stop = new AbortController();
    const giveUp = () => stop.abort();
    const late = setTimeout(giveUp, MAX_WAIT_MS);
    reply.raw.once('close', giveUp);
    try {
      return await share.enter(request.account!.id, stop.signal);
    } catch (error) {
      throw error instanceof NoRoom ? new Problem('too-many-uploads') : error;
    } finally {
      clearTimeout(late);
      reply.raw.off('close', giveUp);
    }
  }
}

/** A small body is no burden, and one that says that it is too large is refused unread. */
function needsTurn({ headers, routeOptions }: FastifyRequest): boolean {
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] !== undefined;
  const bytes = Number(length);
  return bytes > BODY_LIMIT && bytes <= routeOptions.bodyLimit!;
}
