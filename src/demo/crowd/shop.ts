import { Pool } from 'undici';

export interface Answer {
  readonly status: number;
  // The parts of any answer that a buyer looks at.
  readonly body: {
    readonly token?: string;
    readonly code?: string;
    readonly reservationId?: string;
    readonly seatIds?: readonly string[];
    readonly counts?: {
      readonly available: number;
      readonly reserved: number;
      readonly sold: number;
    };
  };
}

/** The shop as a crowd of buyers sees it: HTTP and nothing else, every request timed. */
export interface Shop {
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    buyer?: BuyerHeaders,
    body?: object,
  ): Promise<Answer>;
  /** Milliseconds of every request so far, by `METHOD kind`. */
  readonly latencies: Map<string, number[]>;
  close(): Promise<void>;
}

export interface BuyerHeaders {
  readonly token: string;
  readonly idempotencyKey?: string;
}

/** Sockets open at once; a buyer without one waits for the next. */
const CONNECTIONS = 512;

export function openShop(url: string): Shop {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const latencies = new Map<string, number[]>();

  const record = (kind: string, ms: number) => {
    const known = latencies.get(kind);
    if (known) known.push(ms);
    else latencies.set(kind, [ms]);
  };

  return {
    call: async (method, path, buyer, body) => {
      const headers: Record<string, string> = {};
      if (buyer) headers.authorization = `Bearer ${buyer.token}`;
      if (buyer?.idempotencyKey) headers['idempotency-key'] = buyer.idempotencyKey;
      if (body) headers['content-type'] = 'application/json';
      const started = performance.now();
      const answer = await pool.request({
        method,
        path,
        headers,
        body: body ? JSON.stringify(body) : undefined,
      });
      const text = await answer.body.text();
      record(kindOf(method, path), performance.now() - started);
      return { status: answer.statusCode, body: text ? (JSON.parse(text) as Answer['body']) : {} };
    },
    latencies,
    close: () => pool.close(),
  };
}

function kindOf(method: string, path: string): string {
  const last = path.split('/').at(-1)!;
  if (path.endsWith('/reservations')) return 'reserve';
  if (last === 'confirm') return 'confirm';
  if (method === 'DELETE') return 'release';
  return last === 'tokens' ? 'sign in' : last;
}
