import { Readable } from 'node:stream';
import {
  errorCodes,
  type FastifyReply,
  type FastifyRequest,
  type preParsingAsyncHookHandler,
  type RequestPayload,
} from 'fastify';
import { NoRoom, openFairShare } from '../../../ports/system/fair-share.js';
import { BODY_LIMIT } from './fastify-options.js';
import { Problem } from '../../problems/problems.js';

/** Large bodies in memory at once: three times 32 MiB. */
const MAX_UPLOADS = 3;
/** Limit per account, so that a slow sender cannot block all others. */
const MAX_UPLOADS_PER_ACCOUNT = 2;
const MAX_WAITING_PER_ACCOUNT = 100;
const MAX_ACCOUNTS_WAITING = 100;
/**
 * Longest wait before a request is rejected, shorter than the time after which its connection is
 * closed as idle. Milliseconds.
 */
const MAX_WAIT_MS = 60_000;

/**
 * Limits how many large bodies a route reads at once, for Fastify's `preParsing`, after the account
 * is known. Further requests wait before their bodies are read. An upload counts until the answer
 * has been sent or the client has disconnected. Chunks are copied into `rawBody` as they arrive:
 * joining 32 MiB at the end would block for tens of milliseconds.
 */
export function limitUploads(): preParsingAsyncHookHandler {
  const share = openFairShare({
    places: MAX_UPLOADS,
    placesPerAsker: MAX_UPLOADS_PER_ACCOUNT,
    maxWaitingPerAsker: MAX_WAITING_PER_ACCOUNT,
    maxAskersWaiting: MAX_ACCOUNTS_WAITING,
  });
  return async (request, reply, payload) => {
    if (!isLarge(request)) return payload;
    const leave = await waitForUpload(request, reply);
    if (reply.raw.destroyed) leave();
    else reply.raw.once('close', leave);
    request.rawBody = await collected(request, payload);
    // Fastify has nothing left to read, but it compares the length.
    return Object.assign(Readable.from([]), { receivedEncodedLength: request.rawBody.length });
  };

  async function waitForUpload(request: FastifyRequest, reply: FastifyReply): Promise<() => void> {
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

/**
 * A body whose declared length is over the route's limit is not counted: Fastify rejects it unread.
 */
function isLarge({ headers, routeOptions }: FastifyRequest): boolean {
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] !== undefined;
  const bytes = Number(length);
  return bytes > BODY_LIMIT && bytes <= routeOptions.bodyLimit!;
}

/** First size of the buffer for a body of unknown length. Bytes. */
const FIRST_BYTES = 256 * 1024;

/** Reads the body into one buffer. @throws FastifyError when the body is too large or incomplete */
function collected(request: FastifyRequest, payload: RequestPayload): Promise<Buffer> {
  const length = request.headers['content-length'];
  const limit = request.routeOptions.bodyLimit!;
  let body = Buffer.allocUnsafeSlow(length === undefined ? FIRST_BYTES : Number(length));
  let used = 0;
  const put = (chunk: Buffer) => {
    if (used + chunk.length > body.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * body.length, used + chunk.length));
      body.copy(grown, 0, 0, used);
      body = grown;
    }
    chunk.copy(body, used);
    used += chunk.length;
  };
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      settle();
    };
    const onData = (chunk: Buffer) => {
      if (used + chunk.length > limit)
        return end(() => reject(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()));
      put(chunk);
    };
    const onEnd = () => end(() => resolve(body.subarray(0, used)));
    const onError = () => end(() => reject(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH()));
    payload.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError);
  });
}
