import { hash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import {
  AdmissionsFull,
  AdmissionsLost,
  AdmissionsUnreachable,
  type Admissions,
} from '../../ports/waiting-room/admissions.js';
import { ADMISSIONS_SCRIPT, GENERATION_LENGTH, NUMBER_BUCKETS } from './admissions-script.js';

const SHA = hash('sha1', ADMISSIONS_SCRIPT, 'hex');
/** Keys of one queue. The braces put them into one slot of a cluster. */
const PARTS = [
  'state',
  'called',
  'inside',
  'slots',
  'late',
  'places',
  'spent',
  'at-door',
  'at-door-until',
];
const keysOf = (queue: string): string[] =>
  PARTS.map((part) => `boxoffice:waiting-room:{${queue}}:${part}`);

/** Numbers issued in one call: Redis must answer far within half a second. */
const MOST_TOGETHER = 500;

/**
 * Shares of the memory of Redis. Above the first, large queues issue no more numbers; above the second,
 * no queue does. The rest is for admission and for everything else in Redis.
 */
export const MEMORY = { large: 0.85, full: 0.95 };
const LARGE_ROW = 100_000;
/** Buckets deleted per call. */
const BUCKETS_TOGETHER = 1_024;

/** 0: no number; -1: no memory for a number. */
interface Taken {
  readonly number: number;
  readonly since: number;
}

interface Waiting {
  readonly account: string;
  /** 0: none. */
  readonly shown: number;
  resolve(taken: Taken): void;
  reject(error: Error): void;
}

type Reply = readonly (string | number | null)[];

/**
 * Admissions shared by all nodes through Redis. Its data may be lost at any time, which is reported
 * as `AdmissionsLost`. A Redis that was restored from an old file and has less than this node has
 * seen counts as lost too.
 * @param now milliseconds since the epoch, for tests; by default the time of Redis, which is the
 * same for all nodes
 */
export function openAdmissionsInRedis(
  client: Redis,
  now: () => number | undefined = () => undefined,
  /** Share of the memory of Redis in use. */
  usedMemory: () => Promise<number> = () => Promise.resolve(0),
): Admissions {
  /** The highest number that this node has seen issued, by queue. */
  const seen = new Map<string, number>();

  const evaluate = async (queue: string, op: string, args: object): Promise<Reply> => {
    const keys = keysOf(queue);
    const argv = [op, String(now() ?? ''), String(seen.get(queue) ?? 0), JSON.stringify(args)];
    try {
      return (await client.evalsha(SHA, keys.length, ...keys, ...argv)) as Reply;
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return (await client.eval(ADMISSIONS_SCRIPT, keys.length, ...keys, ...argv)) as Reply;
    }
  };
  const run = async (queue: string, op: string, args: object): Promise<Reply> => {
    const reply = await evaluate(queue, op, args).catch((error: Error) => {
      if (isOutOfMemory(error))
        throw new AdmissionsFull('Redis has no memory left.', { cause: error });
      throw new AdmissionsUnreachable(`Redis did not answer: ${error.message}`, { cause: error });
    });
    if (reply[0] === 'lost') throw new AdmissionsLost(queue);
    return reply;
  };
  const saw = (queue: string, issued: number): void => {
    if (issued > (seen.get(queue) ?? 0)) seen.set(queue, issued);
  };

  /** Requests within one turn of the event loop are sent in one call, in order of arrival. */
  const coming = new Map<string, Waiting[]>();
  const takeTogether = (queue: string, account: string, shown = 0): Promise<Taken> =>
    new Promise((resolve, reject) => {
      const waiting = { account, shown, resolve, reject };
      const together = coming.get(queue);
      if (together && together.push(waiting) < MOST_TOGETHER) return;
      if (together) return send(queue);
      coming.set(queue, [waiting]);
      setImmediate(send, queue);
    });
  /** The highest number that may be issued, if limited. */
  const mostOf = async (): Promise<number | undefined> => {
    // A failed read is reported by the call itself.
    const used = await usedMemory().catch(() => 0);
    if (used >= MEMORY.full) return 0;
    return used >= MEMORY.large ? LARGE_ROW : undefined;
  };
  const send = (queue: string): void => {
    const together = coming.get(queue);
    if (!together) return;
    coming.delete(queue);
    const args = {
      accounts: together.map(({ account }) => account),
      shown: together.map(({ shown }) => shown),
    };
    mostOf()
      .then((most) => run(queue, 'takeNumbers', { ...args, ...(most !== undefined && { most }) }))
      .then(
        ([, ...taken]) =>
          together.forEach(({ resolve }, at) =>
            resolve({ number: taken[2 * at] as number, since: taken[2 * at + 1] as number }),
          ),
        (error: Error) => together.forEach(({ reject }) => reject(error)),
      );
  };

  return {
    advance: async (queue, rules) => {
      const reply = await run(queue, 'advance', { rules });
      const [issued, nowServing, pace, called, late, inside, admitted, noShows, left, timedOut] =
        reply.slice(1) as number[];
      saw(queue, issued!);
      return {
        ...{ issued: issued!, nowServing: nowServing!, pace: pace! < 0 ? undefined : pace! },
        ...{ called: called!, late: late!, inside: inside! },
        counts: { admitted: admitted!, noShows: noShows!, left: left!, timedOut: timedOut! },
      };
    },
    takeNumber: async (queue, account, shown) => {
      const { number, since } = await takeTogether(queue, account, shown);
      if (number === 0) return 'ceiling-reached';
      if (number < 0)
        throw new AdmissionsFull('Redis has too little memory left for more numbers.');
      saw(queue, number);
      return { number, ...(since > 0 && { since }) };
    },
    trade: async (queue, rules, turn) => {
      const [status, generation, passId, expiresAt] = await run(queue, 'trade', { rules, ...turn });
      return (
        status === 'admitted' ? { status, generation, passId, expiresAt } : { status, generation }
      ) as Awaited<ReturnType<Admissions['trade']>>;
    },
    walkIn: async (queue, rules, who) => {
      const [status, generation, passId] = await run(queue, 'walkIn', { rules, ...who });
      if (status === 'ceiling-reached') return status;
      return status === 'ok'
        ? { passId: passId as string, generation: generation as string }
        : undefined;
    },
    usePass: async (queue, rules, use) => {
      const [status] = await run(queue, 'usePass', { rules, ...use });
      return status as 'granted' | 'spent' | 'in-use' | 'outdated';
    },
    settleUse: async (queue, use) => void (await run(queue, 'settleUse', use)),
    leave: async (queue, accounts) => void (await run(queue, 'leave', { accounts })),
    shoppers: async (queue, limit) => {
      const [, ...found] = (await run(queue, 'shoppers', { limit })) as string[];
      return Array.from({ length: found.length / 2 }, (_, at) => ({
        account: found[2 * at]!,
        reservationId: found[2 * at + 1]!,
      }));
    },
    raiseCeiling: async (queue, ceiling) => void (await run(queue, 'raiseCeiling', { ceiling })),
    restore: async (queue, known) => void (await run(queue, 'restore', known)),
    drop: async (queue) => {
      seen.delete(queue);
      await dropAll(client, queue).catch((error: Error) => {
        throw new AdmissionsUnreachable(`Redis did not answer: ${error.message}`, { cause: error });
      });
    },
    // The opener closes the connection.
    close: () => Promise.resolve(),
  };
}

async function dropAll(client: Redis, queue: string): Promise<void> {
  const keys = keysOf(queue);
  const [state, places] = [keys[PARTS.indexOf('state')]!, keys[PARTS.indexOf('places')]!];
  const generation = await client.hget(state, 'generation');
  await client.unlink(...keys);
  if (generation === null) return;
  const prefix = `${places}:${generation.slice(0, GENERATION_LENGTH)}`;
  for (let from = 0; from < NUMBER_BUCKETS; from += BUCKETS_TOGETHER) {
    const buckets = Array.from({ length: BUCKETS_TOGETHER }, (_, at) => `${prefix}:${from + at}`);
    await client.unlink(...buckets);
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof ReplyError && /\bOOM\b/.test((error as Error).message);

const isMissingScript = (error: unknown): boolean =>
  error instanceof ReplyError && (error as Error).message.startsWith('NOSCRIPT');
