import { createHmac } from 'node:crypto';
import { openConnection, type Answer } from './connection.js';

export interface Taking {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds, from when its connection sent it. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** Numbers that two have, or that nobody has between those that were given. */
  readonly wrong: number;
  /** Numbers lower than one that was already answered when they were asked for. */
  readonly overtaken: number;
}

const NUMBER = /"number":(\d+)/;

interface Taken {
  readonly number: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Tokens of as many customers, signed as the issuer does: there is no time for a promise each. */
export function customerTokens(secret: string, count: number): string[] {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'HS256' });
  const exp = Math.floor(Date.now() / 1_000) + 7_200;
  return Array.from({ length: count }, (_, at) => {
    const signed = `${header}.${encode({ sub: `visitor-${at}`, roles: ['customer'], exp })}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  });
}

/**
 * Asks for all numbers at once. Between connections the order of arrival is unknown, but an account
 * that was answered before another one asked must have the lower number.
 */
export async function takeNumbers(
  url: string,
  path: string,
  tokens: readonly string[],
  connections: number,
): Promise<Taking> {
  const taken: Taken[] = [];
  let failed = 0;
  const requestOf = (at: number) =>
    `POST ${path} HTTP/1.1\r\nhost: boxoffice\r\nauthorization: Bearer ` +
    `${tokens[at]}\r\ncontent-length: 0\r\n\r\n`;
  const seconds = await askAll(
    url,
    tokens.length,
    connections,
    requestOf,
    ({ status, body }, times) => {
      if (status === 201) taken.push({ number: Number(NUMBER.exec(body)![1]), ...times });
      else failed++;
    },
  );
  return {
    ...{ requests: tokens.length, seconds, perSecond: tokens.length / seconds, failed },
    ...judge(taken),
  };
}

/**
 * Requests a second that this node answers on this machine, at this moment, when next to nothing is
 * asked of it.
 */
export async function idleRate(
  url: string,
  requests: number,
  connections: number,
): Promise<number> {
  const request = 'GET /health/live HTTP/1.1\r\nhost: boxoffice\r\n\r\n';
  const seconds = await askAll(
    url,
    requests,
    connections,
    () => request,
    ({ status }) => {
      if (status !== 200) throw new Error(`The node is not alive: ${status}.`);
    },
  );
  return requests / seconds;
}

/** In milliseconds since the process began. */
type Times = Pick<Taken, 'sentAt' | 'answeredAt'>;

/** @returns how long it took, in seconds */
async function askAll(
  url: string,
  requests: number,
  connections: number,
  requestOf: (at: number) => string,
  answered: (answer: Answer, times: Times) => void,
): Promise<number> {
  const lines = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  let next = 0;
  const began = performance.now();
  await Promise.all(
    lines.map(async (line) => {
      for (let at = next++; at < requests; at = next++) {
        const request = requestOf(at);
        const sentAt = performance.now();
        const answer = await line.ask(request);
        answered(answer, { sentAt, answeredAt: performance.now() });
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  for (const line of lines) line.close();
  return seconds;
}

function judge(taken: Taken[]) {
  const byNumber = taken.sort((one, other) => one.number - other.number);
  const first = byNumber[0]?.number ?? 0;
  let [wrong, overtaken, latestSent] = [0, 0, -Infinity];
  for (const [at, { number, sentAt, answeredAt }] of byNumber.entries()) {
    if (number !== first + at) wrong++;
    if (latestSent > answeredAt) overtaken++;
    latestSent = Math.max(latestSent, sentAt);
  }
  const times = Float64Array.from(taken, ({ sentAt, answeredAt }) => answeredAt - sentAt).sort();
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return { wrong, overtaken, p50: at(0.5), p99: at(0.99) };
}
