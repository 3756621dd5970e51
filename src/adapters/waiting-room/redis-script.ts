import { hash } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import {
  AdmissionsFull,
  AdmissionsLost,
  AdmissionsUnreachable,
} from '../../ports/waiting-room/admissions.js';
import { ADMISSIONS_SCRIPT } from './admissions-script.js';
import { GENERATION_LENGTH, NUMBER_BUCKETS } from './admissions-script-state.js';

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

/** Buckets deleted per call. */
const BUCKETS_TOGETHER = 1_024;

export type Reply = readonly (string | number | null)[];

/** Runs the operations of the script in Redis. */
export interface AdmissionsCalls {
  /** @throws AdmissionsLost, AdmissionsFull, AdmissionsUnreachable */
  run(queue: string, operation: string, args: object): Promise<Reply>;
  /** Remembers that this number has been issued: a queue with fewer is lost. */
  noteIssued(queue: string, number: number): void;
  /** Deletes all keys of a queue. @throws AdmissionsUnreachable */
  drop(queue: string): Promise<void>;
}

/** @param now milliseconds since the epoch; undefined for the time of Redis */
export function openAdmissionsCalls(client: Redis, now: () => number | undefined): AdmissionsCalls {
  /** The highest number that this node has seen issued, by queue. */
  const issued = new Map<string, number>();
  const evaluate = async (queue: string, operation: string, args: object): Promise<Reply> => {
    const keys = keysOf(queue);
    const values = [String(now() ?? ''), String(issued.get(queue) ?? 0), JSON.stringify(args)];
    try {
      return (await client.evalsha(SHA, keys.length, ...keys, operation, ...values)) as Reply;
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      const parts = [...keys, operation, ...values];
      return (await client.eval(ADMISSIONS_SCRIPT, keys.length, ...parts)) as Reply;
    }
  };
  return {
    async run(queue, operation, args) {
      const reply = await evaluate(queue, operation, args).catch((error: Error) => {
        if (isOutOfMemory(error))
          throw new AdmissionsFull('Redis has no memory left.', { cause: error });
        return throwUnreachable(error);
      });
      if (reply[0] === 'lost') throw new AdmissionsLost(queue);
      return reply;
    },
    noteIssued(queue, number) {
      if (number > (issued.get(queue) ?? 0)) issued.set(queue, number);
    },
    async drop(queue) {
      issued.delete(queue);
      await dropAll(client, queue).catch(throwUnreachable);
    },
  };
}

function throwUnreachable(error: Error): never {
  throw new AdmissionsUnreachable(`Redis did not answer: ${error.message}`, { cause: error });
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
