import { setTimeout as pause } from 'node:timers/promises';
import { seatIdsOf } from '../hall.js';
import { openConnection, type Answer } from '../numbers/connection.js';
import { customerTokens } from '../numbers/taking.js';
import { percentile } from '../report.js';
import type { PreparedLoad } from './prepared.js';
import { bodyOf, confirm, post } from './requests.js';

/**
 * Sends each of its requests once, in a process of its own. Messages: gets a `PreparedLoad`, sends
 * `ready` when its requests are made, waits for `go`, sends its result.
 */
interface Sent {
  /** Unset for a request that was not sent in time. */
  readonly answers: (Answer | undefined)[];
  /** Milliseconds of each answered request. */
  readonly latencies: number[];
  readonly seconds: number;
}

/** Between two looks at a waiting room. Milliseconds. */
const POLL_MS = 200;

const next = () => new Promise<unknown>((resolve) => process.once('message', resolve));

process.once('disconnect', () => process.exit());
const load = (await next()) as PreparedLoad;
const requests = await requestsOf(load);
const asked = next();
process.send!('ready');
await asked;
const before = process.cpuUsage();
const { answers, latencies, seconds } = await sendEach(load, requests, load.seconds);
const { user, system } = process.cpuUsage(before);
const failed = answers.filter((answer) => answer && !isSuccess(answer)).length;
process.send!({
  requests: latencies.length,
  seconds,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  errors: 0,
  not2xx: failed,
  cpu: (user + system) / 1e6,
});

/**
 * A payment may be answered with 202 on a busy machine and is finished afterwards; a pass that is
 * answered so was not given.
 */
function isSuccess({ status }: Answer): boolean {
  return status === 200 || status === 201 || (load.kind === 'confirm' && status === 202);
}

function requestsOf(load: PreparedLoad): Promise<string[]> | string[] {
  switch (load.kind) {
    case 'confirm':
      return confirmRequests(load);
    case 'number':
      return numberRequests(load);
    case 'pass':
      return passRequests(load);
  }
}

async function confirmRequests(load: PreparedLoad): Promise<string[]> {
  const { path, secret, count, accounts } = load;
  const tokens = customerTokens(secret, accounts);
  const tokenOf = (at: number) => tokens[at % accounts]!;
  const seatIds = seatIdsOf(2 * count);
  const holds = Array.from({ length: count }, (_, at) =>
    post(path, tokenOf(at), { seatIds: seatIds.slice(2 * at, 2 * at + 2) }, `cost-${at}`),
  );
  const { answers } = await sendEach(load, holds);
  return answers.map((answer, at) => {
    const { reservationId } = bodyOf<{ reservationId: string }>(answer!, 201);
    return confirm(path, reservationId, tokenOf(at));
  });
}

function numberRequests({ path, secret, accounts }: PreparedLoad): string[] {
  return customerTokens(secret, accounts).map((token) => post(`${path}/tickets`, token, {}));
}

async function passRequests(load: PreparedLoad): Promise<string[]> {
  const { url, path, secret, count, accounts } = load;
  const tokens = customerTokens(secret, accounts);
  const { answers } = await sendEach(load, numberRequests(load));
  for (let serving = 0; serving < count; await pause(POLL_MS)) {
    const room = (await (await fetch(url + path)).json()) as { nowServing: number };
    serving = room.nowServing;
  }
  return answers.map((answer, at) => {
    const { ticket } = bodyOf<{ ticket: string }>(answer!, 201);
    return post(`${path}/pass`, tokens[at]!, { ticket });
  });
}

/** Sends request after request over each connection, until none is left or the time is over. */
async function sendEach(
  { url, connections }: PreparedLoad,
  requests: readonly string[],
  seconds = Infinity,
): Promise<Sent> {
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const answers = new Array<Answer | undefined>(requests.length);
  const latencies: number[] = [];
  let next = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    opened.map(async (connection) => {
      while (next < requests.length && performance.now() < until) {
        const at = next++;
        const sentAt = performance.now();
        answers[at] = await connection.ask(requests[at]!);
        latencies.push(performance.now() - sentAt);
      }
      connection.close();
    }),
  );
  return { answers, latencies, seconds: (performance.now() - began) / 1_000 };
}
