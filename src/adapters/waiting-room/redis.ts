import { hash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import { AdmissionsLost, AdmissionsUnreachable, type Admissions } from '../../ports/admissions.js';
import { ADMISSIONS_SCRIPT } from './admissions-script.js';

const SHA = hash('sha1', ADMISSIONS_SCRIPT, 'hex');
/** Of one event. What is between the braces decides the slot of a cluster: all keys of an event are in one. */
const PARTS = ['state', 'called', 'inside', 'slots', 'late', 'places', 'spent', 'at-door', 'at-door-until'];
const keysOf = (eventId: string): string[] =>
  PARTS.map((part) => `boxoffice:waiting-room:{${eventId}}:${part}`);

/** Numbers taken in one call: far below what Redis takes half a second for. */
const MOST_TOGETHER = 500;

interface Waiting {
  readonly account: string;
  /** 0 for none. */
  readonly shown: number;
  resolve(number: number): void;
  reject(error: Error): void;
}

type Reply = readonly (string | number | null)[];

/**
 * For all nodes that share a Redis. Everything may be lost at any time, and is then said to be; a Redis that comes back with less than
 * this node has seen, from an old file, counts as lost too.
 *
 * @param now milliseconds since the epoch, for tests; the time of Redis unless told, which is one for all nodes
 */
export function openAdmissionsInRedis(
  client: Redis,
  now: () => number | undefined = () => undefined,
): Admissions {
  /** The highest number that this node has seen given, by event. */
  const seen = new Map<string, number>();

  const evaluate = async (eventId: string, op: string, args: object): Promise<Reply> => {
    const keys = keysOf(eventId);
    const argv = [op, String(now() ?? ''), String(seen.get(eventId) ?? 0), JSON.stringify(args)];
    try {
      return (await client.evalsha(SHA, keys.length, ...keys, ...argv)) as Reply;
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return (await client.eval(ADMISSIONS_SCRIPT, keys.length, ...keys, ...argv)) as Reply;
    }
  };
  const run = async (eventId: string, op: string, args: object): Promise<Reply> => {
    const reply = await evaluate(eventId, op, args).catch((error: Error) => {
      throw new AdmissionsUnreachable(`Redis did not answer: ${error.message}`, { cause: error });
    });
    if (reply[0] === 'lost') throw new AdmissionsLost(eventId);
    return reply;
  };
  const saw = (eventId: string, issued: number): void => {
    if (issued > (seen.get(eventId) ?? 0)) seen.set(eventId, issued);
  };

  /** Those who come within one turn of the event loop go in one call, in the order in which they came. */
  const rows = new Map<string, Waiting[]>();
  const takeTogether = (eventId: string, account: string, shown = 0): Promise<number> =>
    new Promise((resolve, reject) => {
      const waiting = { account, shown, resolve, reject };
      const row = rows.get(eventId);
      if (row && row.push(waiting) < MOST_TOGETHER) return;
      if (row) return send(eventId);
      rows.set(eventId, [waiting]);
      setImmediate(send, eventId);
    });
  const send = (eventId: string): void => {
    const row = rows.get(eventId);
    if (!row) return;
    rows.delete(eventId);
    const args = { accounts: row.map(({ account }) => account), shown: row.map(({ shown }) => shown) };
    run(eventId, 'takeNumbers', args).then(
      ([, ...numbers]) => row.forEach(({ resolve }, at) => resolve(numbers[at] as number)),
      (error: Error) => row.forEach(({ reject }) => reject(error)),
    );
  };

  return {
    advance: async (eventId, rules) => {
      const reply = await run(eventId, 'advance', { rules });
      const [issued, nowServing, pace, called, late, inside, admitted, noShows, left, timedOut] = reply.slice(
        1,
      ) as number[];
      saw(eventId, issued!);
      return {
        ...{ issued: issued!, nowServing: nowServing!, pace: pace! < 0 ? undefined : pace! },
        ...{ called: called!, late: late!, inside: inside! },
        counts: { admitted: admitted!, noShows: noShows!, left: left!, timedOut: timedOut! },
      };
    },
    takeNumber: async (eventId, account, shown) => {
      const number = await takeTogether(eventId, account, shown);
      if (number === 0) return 'ceiling-reached';
      saw(eventId, number);
      return { number };
    },
    trade: async (eventId, rules, turn) => {
      const [status, generation, passId, expiresAt] = await run(eventId, 'trade', { rules, ...turn });
      return (
        status === 'admitted' ? { status, generation, passId, expiresAt } : { status, generation }
      ) as Awaited<ReturnType<Admissions['trade']>>;
    },
    walkIn: async (eventId, rules, who) => {
      const [status, generation, passId] = await run(eventId, 'walkIn', { rules, ...who });
      if (status === 'ceiling-reached') return status;
      return status === 'ok' ? { passId: passId as string, generation: generation as string } : undefined;
    },
    usePass: async (eventId, rules, use) => {
      const [status] = await run(eventId, 'usePass', { rules, ...use });
      return status as 'granted' | 'spent' | 'in-use' | 'outdated';
    },
    settleUse: async (eventId, use) => void (await run(eventId, 'settleUse', use)),
    leave: async (eventId, accounts) => void (await run(eventId, 'leave', { accounts })),
    shoppers: async (eventId, limit) => {
      const [, ...found] = (await run(eventId, 'shoppers', { limit })) as string[];
      return Array.from({ length: found.length / 2 }, (_, at) => ({
        account: found[2 * at]!,
        reservationId: found[2 * at + 1]!,
      }));
    },
    raiseCeiling: async (eventId, ceiling) => void (await run(eventId, 'raiseCeiling', { ceiling })),
    restore: async (eventId, known) => void (await run(eventId, 'restore', known)),
    // The connection is its opener's to close.
    close: () => Promise.resolve(),
  };
}

const isMissingScript = (error: unknown): boolean =>
  error instanceof ReplyError && (error as Error).message.startsWith('NOSCRIPT');
