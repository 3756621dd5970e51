import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { track } from './children.js';
import { requireSuccess, type GeneratedLoad } from './generator.js';
import { messagesOf } from './processes.js';

/**
 * Requests that each need an earlier answer or an account of its own:
 *   confirm  pays for a hold; `path` is that of an event's reservations
 *   number   takes a queue number; `path` is that of a waiting room
 *   pass     trades a called number for a pass; likewise
 */
export type PreparedKind = 'confirm' | 'number' | 'pass';

export interface PreparedLoad {
  readonly kind: PreparedKind;
  readonly url: string;
  readonly path: string;
  /** Signs the tokens of the customers. */
  readonly secret: string;
  /** Most requests; when they are sent, the load ends before its time. */
  readonly count: number;
  /** Number of customers; in a waiting room each has one request. */
  readonly accounts: number;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Makes the requests of a load, in a process of its own.
 * @returns what sends them. @throws Error when more than 1 % of them fail
 */
export async function prepareRequests(load: PreparedLoad): Promise<() => Promise<GeneratedLoad>> {
  const child = fork(fileURLToPath(new URL('./prepared-run.js', import.meta.url)));
  track(child);
  const message = messagesOf(child, `The client for ${load.path}`);
  child.send(load);
  await message();
  return async () => {
    child.send('go');
    const result = (await message()) as GeneratedLoad;
    child.disconnect();
    requireSuccess(load, result);
    return result;
  };
}
