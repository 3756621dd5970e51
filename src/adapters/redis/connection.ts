import { Redis } from 'ioredis';

/** Limit for making a connection. Milliseconds. */
const CONNECT_MS = 2_000;
/** Limit for the answer to a command: a buyer must not wait for Redis. Milliseconds. */
const COMMAND_MS = 500;
/** Limit for the first connection, after which the service starts without it. Milliseconds. */
const FIRST_MS = 5_000;
/** Interval between reads of the memory use of Redis. Milliseconds. */
const MEMORY_MS = 1_000;
/** Pauses between reconnections: doubling up to the longest, without an end. Milliseconds. */
const RETRY = { first: 50, longest: 2_000 };

/**
 * The Redis connection of this process. Its data may be lost at any time: no sale depends on it.
 */
export interface RedisConnection {
  /**
   * A command fails at once without a connection, and after half a second without an answer. No
   * command is sent twice.
   */
  readonly client: Redis;
  isReady(): boolean;
  /** Rejects if Redis does not answer. */
  ping(): Promise<unknown>;
  /**
   * Share of the memory of Redis in use, 0 to 1, at most a second old; 0 without a limit. Rejects
   * if Redis does not answer.
   */
  usedMemory(): Promise<number>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://` or `rediss://`, with a password if needed. */
  readonly url: string;
  readonly warn?: (message: string) => void;
}

/** Resolves when connected, or after five seconds; reconnecting continues in the background. */
export async function openRedis({ url, warn = () => {} }: RedisOptions): Promise<RedisConnection> {
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    // No command is queued while disconnected, or repeated if its outcome is unknown.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(RETRY.first * 2 ** Math.min(attempt, 10), RETRY.longest),
  });
  logOutages(client, warn);
  await firstReady(client);
  return {
    client,
    isReady: () => client.status === 'ready',
    ping: () => client.ping(),
    usedMemory: measureMemory(client),
    close: async () => client.disconnect(),
  };
}

function measureMemory(client: Redis): () => Promise<number> {
  let measured = Promise.resolve(0);
  let measuredAt = -Infinity;
  const measure = async () => {
    const text = await client.info('memory');
    const numberOf = (name: string) =>
      Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    const limit = numberOf('maxmemory');
    return limit === 0 ? 0 : numberOf('used_memory') / limit;
  };
  return () => {
    const now = performance.now();
    if (now - measuredAt >= MEMORY_MS) {
      measuredAt = now;
      measured = measure();
    }
    return measured;
  };
}

/**
 * Logs one line when the connection is lost and one when it is back, however many attempts are in
 * between.
 */
function logOutages(client: Redis, warn: (message: string) => void): void {
  let lost = false;
  const isLost = (why: string) => {
    if (!lost) warn(`Redis unavailable, continuing without it: ${why}`);
    lost = true;
  };
  client.on('error', (error: Error) => isLost(error.message || error.name));
  // Some connections end without an error, and a reconnection at the first attempt reports none.
  client.on('reconnecting', () => isLost('the connection has ended'));
  client.on('ready', () => {
    if (lost) warn('Redis available again.');
    lost = false;
  });
}

function firstReady(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_MS);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
