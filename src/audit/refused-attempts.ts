import type pg from 'pg';
import type { Clock } from '../ports/system/clock.js';

/** Somebody asked for something and was refused. */
export interface RefusedAttempt {
  readonly eventId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of the problem that was answered. */
  readonly code: string;
  /** Method and route. */
  readonly asked: string;
  readonly accountId: string;
  readonly seatIds: readonly string[];
  readonly reservationId: string | null;
  readonly addressHash: string;
  readonly userAgent: string;
  readonly correlationId: string;
}

export interface RefusedLimits {
  /** Attempts that wait to be written. One more is dropped, and counted. */
  readonly maxWaiting: number;
  /** Written in one go, once per `everyMs`. */
  readonly maxPerBatch: number;
  readonly everyMs: number;
  readonly maxAgeMs: number;
  readonly maxRows: number;
}

/** A crowd is refused 25,000 times a second: two thousand of these are enough to see what happened, and cost the shop nothing. */
export const REFUSED_LIMITS: RefusedLimits = {
  maxWaiting: 4_000,
  maxPerBatch: 2_000,
  everyMs: 1_000,
  maxAgeMs: 30 * 24 * 3_600_000,
  maxRows: 2_000_000,
};

/** Rows removed in one go. */
const MAX_REMOVED = 20_000;
/** Between two looks at what is too old, or too much. Milliseconds. */
const SWEEP_MS = 60_000;
/** Attempts shown at once, the newest first. */
export const MAX_REFUSED_SHOWN = 500;

export interface RefusedAttempts {
  /** For the hot path: never waits, never throws. */
  note(attempt: RefusedAttempt): void;
  ofSeat(eventId: string, seatId: string): Promise<RefusedAttempt[]>;
  ofReservation(eventId: string, reservationId: string): Promise<RefusedAttempt[]>;
  ofCustomer(eventId: string, customerId: string): Promise<RefusedAttempt[]>;
  /** Attempts of this process that were not kept, because more came than are written, or the database was away. */
  dropped(): number;
  /** Writes what waits, as far as one batch takes it. */
  close(): Promise<void>;
}

export interface RefusedParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly limits?: Partial<RefusedLimits>;
  readonly log?: (message: string) => void;
}

const INSERT = `
  insert into refused_attempts (event_id, attempted_at, code, asked, account_id, seat_ids, reservation_id,
                                address_hash, user_agent, correlation_id)
  select "eventId", to_timestamp(at / 1000.0), code, asked, "accountId", "seatIds", "reservationId",
         "addressHash", "userAgent", "correlationId"
  from jsonb_to_recordset($1::jsonb) as attempt
    ("eventId" text, at float8, code text, asked text, "accountId" text, "seatIds" text[], "reservationId" text,
     "addressHash" text, "userAgent" text, "correlationId" text)`;

const SELECT = `
  select event_id as "eventId", (extract(epoch from attempted_at) * 1000)::float8 as at, code, asked,
         account_id as "accountId", seat_ids as "seatIds", reservation_id as "reservationId",
         address_hash as "addressHash", user_agent as "userAgent", correlation_id as "correlationId"
  from refused_attempts where event_id = $1`;

/**
 * Refusals stand in no stream: they change nothing, and there are many. They are kept beside the log, off the path of the
 * sale, as many as can be written at leisure.
 */
export function openRefusedAttempts({
  pool,
  clock,
  limits,
  log = () => {},
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
      if (!failing) log(`refused attempts not kept: ${(error as Error).message}`);
      failing = true;
    }
  };

  const sweep = async () => {
    const tooOld = new Date(clock.now() - maxAgeMs);
    await pool.query(
      `delete from refused_attempts where id in
         (select id from refused_attempts where attempted_at < $1 order by attempted_at limit $2)`,
      [tooOld, MAX_REMOVED],
    );
    await pool.query(
      `delete from refused_attempts where id in
         (select id from refused_attempts
          where id <= (select max(id) from refused_attempts) - $1::bigint order by id limit $2)`,
      [maxRows, MAX_REMOVED],
    );
  };

  const run = async () => {
    let sweptAt = -Infinity;
    while (!closing.signal.aborted) {
      await write();
      const now = clock.now();
      // A clock that was set back must not keep everything.
      if (now - sweptAt >= Math.min(SWEEP_MS, everyMs * 60) || now < sweptAt) {
        sweptAt = now;
        await sweep().catch((error: Error) =>
          log(`refused attempts not thinned out: ${error.message}`),
        );
      }
      await clock.sleep(everyMs, closing.signal);
    }
    await write();
  };
  const running = run();

  const find = async (
    condition: string,
    eventId: string,
    value: unknown,
  ): Promise<RefusedAttempt[]> => {
    const { rows } = await pool.query<RefusedAttempt>(
      `${SELECT} and ${condition} order by id desc limit ${MAX_REFUSED_SHOWN}`,
      [eventId, value],
    );
    return rows.reverse();
  };

  return {
    note: (attempt) => {
      if (waiting.length < maxWaiting) waiting.push(attempt);
      else dropped++;
    },
    ofSeat: (eventId, seatId) => find('seat_ids @> array[$2::text]', eventId, seatId),
    ofReservation: (eventId, reservationId) => find('reservation_id = $2', eventId, reservationId),
    ofCustomer: (eventId, customerId) => find('account_id = $2', eventId, customerId),
    dropped: () => dropped,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
