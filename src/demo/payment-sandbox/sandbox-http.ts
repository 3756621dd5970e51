import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openSandboxProvider,
  type SandboxProvider,
  type SandboxProviderOptions,
} from './sandbox-provider.js';
import {
  json,
  readChargeRequest,
  readKey,
  readRefundRequest,
  SandboxRefusal,
  type SandboxRefusalCode,
} from './sandbox-wire.js';
import { systemClock } from '../../adapters/system/clock.js';

export interface SandboxServerOptions extends Omit<SandboxProviderOptions, 'clock'> {
  readonly clock?: SandboxProviderOptions['clock'];
  /** By default 127.0.0.1: only this machine reaches it. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Required in `Authorization: Bearer …`. */
  readonly apiKey: string;
}

export interface SandboxServer {
  /** `http://host:port`. */
  readonly url: string;
  readonly provider: SandboxProvider;
  /** Closes open calls without an answer. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 16_384;
const MAX_CONNECTIONS = 1_024;
/**
 * Longer than a client keeps a connection idle, so that none is closed while a request is in
 * flight.
 */
const KEEP_ALIVE_MS = 30_000;
const MAX_ENTRIES = 5_000;

type HttpRefusalCode =
  | 'api-key-missing'
  | 'api-key-invalid'
  | 'not-found'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'query-invalid'
  | 'internal-error';

const STATUS: Readonly<Record<SandboxRefusalCode | HttpRefusalCode, number>> = {
  'api-key-missing': 401,
  'api-key-invalid': 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'query-invalid': 400,
  'body-invalid': 400,
  'body-too-large': 413,
  'idempotency-key-invalid': 400,
  'idempotency-key-reused': 422,
  'charge-not-found': 404,
  'capture-not-found': 404,
  'refund-currency-differs': 422,
  'refund-exceeds-capture': 422,
  'books-full': 503,
  'internal-error': 500,
};

/** Invalid input of the HTTP interface. */
class HttpRefusal extends Error {
  constructor(
    readonly code: HttpRefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** Undefined: the call is not answered. */
type Reply = { readonly status: number; readonly body: object } | undefined;
type Route = (call: {
  provider: SandboxProvider;
  request: IncomingMessage;
  query: URLSearchParams;
}) => Promise<Reply>;

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/v1/charges': {
    async POST({ provider, request }) {
      const key = readKey(request.headers['idempotency-key']);
      const { charge, when } = provider.charge(readChargeRequest(key, await bodyOf(request)));
      if (when === 'never') return undefined;
      if (when !== 'at-once') await when;
      return { status: 200, body: charge };
    },
    async GET({ provider, query }) {
      const charge = provider.find(readKey(query.get('key')));
      if (!charge)
        throw new SandboxRefusal('charge-not-found', 'Nothing was charged with this key.');
      return { status: 200, body: charge };
    },
  },
  '/v1/refunds': {
    async POST({ provider, request }) {
      const key = readKey(request.headers['idempotency-key']);
      const refund = provider.refund(readRefundRequest(key, await bodyOf(request)));
      const { refundReference: refundId, ...state } = refund;
      return { status: 200, body: { refundId, ...state } };
    },
  },
  '/v1/withdrawals': {
    async POST({ provider, request }) {
      const charge = provider.withdraw(readKey(request.headers['idempotency-key']));
      return { status: 200, body: charge ?? { status: 'withdrawn' } };
    },
  },
  '/v1/captures': {
    async GET({ provider, query }) {
      const about = provider.subjectOf(query.get('reference') ?? '');
      if (!about)
        throw new SandboxRefusal('capture-not-found', 'There is no capture with this reference.');
      return { status: 200, body: { about } };
    },
  },
  '/v1/entries': {
    async GET({ provider, query }) {
      const after = wholeNumber(query, 'after', 0, 0, Number.MAX_SAFE_INTEGER - MAX_ENTRIES);
      const limit = wholeNumber(query, 'limit', 1_000, 1, MAX_ENTRIES);
      return { status: 200, body: provider.entries(after, limit) };
    },
  },
};

/**
 * Serves a sandbox over HTTP.
 * @throws Error when the port is taken or the journal cannot be read
 */
export async function serveSandbox(options: SandboxServerOptions): Promise<SandboxServer> {
  const { host = '127.0.0.1', port, apiKey, warn = () => {} } = options;
  const provider = await openSandboxProvider({ clock: systemClock, ...options });
  const server = createServer((request, response) => {
    void replyTo(request, { provider, apiKey, warn }).then((reply) => {
      if (reply) send(request, response, reply);
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  try {
    await listen(server, host, port);
  } catch (error) {
    await provider.close();
    throw error;
  }
  const { address, port: taken, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    provider,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await provider.close();
    },
  };
}

async function replyTo(
  request: IncomingMessage,
  parts: { provider: SandboxProvider; apiKey: string; warn: (message: string) => void },
): Promise<Reply> {
  const { provider, apiKey, warn } = parts;
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
    if (pathname === '/health' && request.method === 'GET')
      return { status: 200, body: { status: 'ok', pendingNotices: provider.pendingNotices() } };
    requireApiKey(request, apiKey);
    const routes = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname]! : undefined;
    if (!routes) throw new HttpRefusal('not-found', 'There is nothing at this address.');
    const { method = '' } = request;
    if (!Object.hasOwn(routes, method))
      throw new HttpRefusal(
        'method-not-allowed',
        `Here is only ${Object.keys(routes).join(' and ')}.`,
      );
    return await routes[method]!({ provider, request, query: searchParams });
  } catch (error) {
    if (error instanceof SandboxRefusal || error instanceof HttpRefusal)
      return { status: STATUS[error.code], body: { code: error.code, detail: error.message } };
    warn(`${request.method} ${request.url?.split('?')[0]}: ${(error as Error).message}`);
    return {
      status: 500,
      body: { code: 'internal-error', detail: 'The sandbox failed; its log says why.' },
    };
  }
}

function requireApiKey(request: IncomingMessage, apiKey: string): void {
  const [, given] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (given === undefined)
    throw new HttpRefusal('api-key-missing', 'Send the API key as `Authorization: Bearer …`.');
  if (!timingSafeEqual(digest(given), digest(apiKey)))
    throw new HttpRefusal('api-key-invalid', 'This is not the API key of the sandbox.');
}

/** Compares digests of equal length, so that not even the length of the key leaks. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new HttpRefusal('body-too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return json(Buffer.concat(chunks));
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  unset: number,
  min: number,
  max: number,
): number {
  const text = query.get(name);
  const value = text === null ? unset : /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new HttpRefusal('query-invalid', `${name} has to be a whole number from ${min} to ${max}.`);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: NonNullable<Reply>,
): void {
  const text = JSON.stringify(body);
  // The rest of an unread body would be parsed as the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, refuse) => {
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
