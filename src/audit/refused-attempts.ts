import type pg from 'pg';
import type { Clock } from '../ports/system/clock.js';

/** A rejected request. */
export interface RefusedAttempt {
  readonly eventId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Problem code of the response. */
  readonly code: string;
  /** HTTP method and route. */
  readonly asked: string;
  readonly accountId: string;
  readonly seatIds: readonly string[];
  readonly reservationId: string | null;
  readonly addressHash: string;
  readonly userAgent: string;
  readonly correlationId: string;
}

export interface RefusedLimits {
  /** Most attempts in memory. Further attempts are dropped and counted. */
  readonly maxWaiting: number;
  /** Most attempts written at once, every `everyMs`. */
  readonly maxPerBatch: number;
  readonly everyMs: number;
  readonly maxAgeMs: number;
  readonly maxRows: number;
}

/**
 * A rush can cause 25,000 rejected requests per second. Two thousand of them show what happened,
 * and writing them does not slow down the sale.
 */
export const REFUSED_LIMITS: RefusedLimits = {
  maxWaiting: 4_000,
  maxPerBatch: 2_000,
  everyMs: 1_000,
  maxAgeMs: 30 * 24 * 3_600_000,
  maxRows: 2_000_000,
};

/** Rows removed per statement. */
const MAX_REMOVED = 20_000;
/** Milliseconds between two removals of old and surplus rows. */
const SWEEP_MS = 60_000;
/** Most attempts returned; the newest are kept. */
export const MAX_REFUSED_SHOWN = 500;

export interface RefusedAttempts {
  /** Records an attempt. Never waits and never throws, because it runs during sales. */
  note(attempt: RefusedAttempt): void;
  ofSeat(eventId: string, seatId: string): Promise<RefusedAttempt[]>;
  ofReservation(eventId: string, reservationId: string): Promise<RefusedAttempt[]>;
  ofCustomer(eventId: string, customerId: string): Promise<RefusedAttempt[]>;
  /** Attempts of this process that were lost to the limits or to database errors. */
  dropped(): number;
  /** Writes one last batch. */
  close(): Promise<void>;
}

export interface RefusedParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly limits?: Partial<RefusedLimits>;
  readonly warn?: (message: string) => void;
}

const INSERT = `
  insert into refused_attempts (event_id, attempted_at, code, asked, account_id, seat_ids,
                                reservation_id, address_hash, user_agent, correlation_id)
  select "eventId", to_timestamp(at / 1000.0), code, asked, "accountId", "seatIds", "reservationId",
         "addressHash", "userAgent", "correlationId"
  from jsonb_to_recordset($1::jsonb) as attempt
    ("eventId" text, at float8, code text, asked text, "accountId" text, "seatIds" text[],
     "reservationId" text, "addressHash" text, "userAgent" text, "correlationId" text)`;

const SELECT = `
  select event_id as "eventId", (extract(epoch from attempted_at) * 1000)::float8 as at, code,
         asked, account_id as "accountId", seat_ids as "seatIds", reservation_id as "reservationId",
         address_hash as "addressHash", user_agent as "userAgent", correlation_id as "correlationId"
  from refused_attempts where event_id = $1`;

/**
 * Rejected requests change nothing and are numerous, so they are stored in a table outside the log,
 * in the background and up to a limit.
 */
export function openRefusedAttempts({
  pool,
  clock,
  limits,
  warn = () => {},
}: RefusedParts): RefusedAttempts {
  const { maxWaiting, maxPerBatch, everyMs, maxAgeMs, maxRows } = { ...REFUSED_LIMITS, ...limits };
  let waiting: RefusedAttempt[] = [];
  let dropped = 0;
  let failing = false;
  const closing = new AbortController();

  const write = async () => {
    if (waiting.length === 0) return;
    const batch = waiting.slice(0, maxPerBatch);
    waiting = waiting.slice(maxPerBatch);
    try {
      await pool.query({ name: 'refused-write', text: INSERT, values: [JSON.stringify(batch)] });
      failing = false;
    } catch (error) {
      dropped += batch.length;
      if (!failing) warn(`refused attempts not written: ${(error as Error).message}`);
      failing = true;
    }
  };

  const run = async () => {
    let sweptAt = -Infinity;
    while (!closing.signal.aborted) {
      await write();
      const now = clock.now();
      // A clock that was set back must not stop the removal.
      if (now - sweptAt >= Math.min(SWEEP_MS, everyMs * 60) || now < sweptAt) {
        sweptAt = now;
        await removeOld(pool, clock.now() - maxAgeMs, maxRows).catch((error: Error) =>
          warn(`old refused attempts not removed: ${error.message}`),
        );
      }
      await clock.sleep(everyMs, closing.signal);
    }
    await write();
  };
  const running = run();

  return {
    note: (attempt) => {
      if (waiting.length < maxWaiting) waiting.push(attempt);
      else dropped++;
    },
    ofSeat: (eventId, seatId) => find(pool, 'seat_ids @> array[$2::text]', eventId, seatId),
    ofReservation: (eventId, reservationId) =>
      find(pool, 'reservation_id = $2', eventId, reservationId),
    ofCustomer: (eventId, customerId) => find(pool, 'account_id = $2', eventId, customerId),
    dropped: () => dropped,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Removes attempts that are too old or too many, in portions. */
async function removeOld(pool: pg.Pool, before: number, maxRows: number): Promise<void> {
  await pool.query(
    `delete from refused_attempts where id in
       (select id from refused_attempts where attempted_at < $1 order by attempted_at limit $2)`,
    [new Date(before), MAX_REMOVED],
  );
  await pool.query(
    `delete from refused_attempts where id in
       (select id from refused_attempts
        where id <= (select max(id) from refused_attempts) - $1::bigint order by id limit $2)`,
    [maxRows, MAX_REMOVED],
  );
}

async function find(
  pool: pg.Pool,
  condition: string,
  eventId: string,
  value: unknown,
): Promise<RefusedAttempt[]> {
  const { rows } = await pool.query<RefusedAttempt>(
    `${SELECT} and ${condition} order by id desc limit ${MAX_REFUSED_SHOWN}`,
    [eventId, value],
  );
  return rows.reverse();
}
