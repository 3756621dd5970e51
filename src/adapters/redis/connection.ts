import { Redis } from 'ioredis';

/** For a connection to be made. Milliseconds. */
const CONNECT_MS = 2_000;
/** For a command to be answered: who waits for a seat must not wait for this. Milliseconds. */
const COMMAND_MS = 500;
/** For the first connection, before the shop opens without it. Milliseconds. */
const FIRST_MS = 5_000;
/** How often the memory of Redis is read. Milliseconds. */
const MEMORY_MS = 1_000;
/** Pauses between tries to connect again: they double up to the longest, and go on as long as the process runs. Milliseconds. */
const RETRY = { first: 50, longest: 2_000 };

/** The one connection of this process. Everything that it holds may be lost at any time: nothing is sold by it. */
export interface RedisConnection {
  /** A command fails at once while there is no connection, and after half a second without an answer; none is sent twice. */
  readonly client: Redis;
  isReady(): boolean;
  /** Rejects when Redis does not answer. */
  ping(): Promise<unknown>;
  /** Share of Redis memory in use, 0 to 1, at most a second old; 0 when there is no limit. Rejects when Redis does not answer. */
  usedMemory(): Promise<number>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://` or `rediss://`, with a password if there is one. */
  readonly url: string;
  readonly log?: (message: string) => void;
}

/** Resolves once it is connected, or after five seconds without: it goes on trying. */
export async function openRedis({ url, log = () => {} }: RedisOptions): Promise<RedisConnection> {
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    // Nothing is kept back for a connection that may never come, nor said again when it is not known whether it was done.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(RETRY.first * 2 ** Math.min(attempt, 10), RETRY.longest),
  });
  tellOfOutages(client, log);
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

/** A line when it is lost and a line when it is back, however often it was tried between. */
function tellOfOutages(client: Redis, log: (message: string) => void): void {
  let lost = false;
  const isLost = (why: string) => {
    if (!lost) log(`Redis is out of reach, the shop goes on without it: ${why}`);
    lost = true;
  };
  client.on('error', (error: Error) => isLost(error.message || error.name));
  // A connection that ends is no error, and one that is made again at the first try never meets one.
  client.on('reconnecting', () => isLost('the connection has ended'));
  client.on('ready', () => {
    if (lost) log('Redis is there again.');
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
