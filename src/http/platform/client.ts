import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { MAX_USER_AGENT_LENGTH, type Client } from '../../domain/shared/domain-event.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Hashed address and user agent, as stored with domain events. */
    readonly client: Client;
  }
}

/** Bytes of a hashed address: enough that two addresses do not share a hash. */
const HASH_BYTES = 16;
const MAX_REMEMBERED = 10_000;
const NOT_PRINTABLE = /[^\x20-\x7e]/g;

/**
 * Adds `client` to every request. There are only 2^32 IPv4 addresses, so a plain digest could be
 * reversed by trying all; the digest therefore has a `key`, which is not stored in the log. All
 * nodes use the same key, so that requests can be compared.
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
