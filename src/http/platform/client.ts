import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { MAX_USER_AGENT_LENGTH, type Client } from '../../domain/shared/domain-event.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** From where it comes, as the log may know it. */
    readonly client: Client;
  }
}

/** Bytes of a hashed address: no two addresses of a crowd share them. */
const HASH_BYTES = 16;
const MAX_REMEMBERED = 10_000;
const NOT_PRINTABLE = /[^\x20-\x7e]/g;

/**
 * Lets every request tell from where it comes. Addresses are few (four thousand million), so a plain digest could be tried
 * out; `key` keeps whoever has only the log from doing so, and is the same on every node, so that two requests can be compared.
 */
export function decorateClient(fastify: FastifyInstance, key: Buffer): void {
  const hashes = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  const hashOf = (address: string): string => {
    const known = hashes.get(address);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', key).update(address).digest().subarray(0, HASH_BYTES);
    const hash = digest.toString('base64url');
    hashes.set(address, hash);
    return hash;
  };
  fastify.decorateRequest('client', {
    getter(this: FastifyRequest): Client {
      const userAgent = (this.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH);
      return { addressHash: hashOf(this.ip), userAgent: userAgent.replace(NOT_PRINTABLE, '?') };
    },
  });
}
