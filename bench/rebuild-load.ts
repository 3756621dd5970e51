import { CommandBus } from '@nestjs/cqrs';
import type pg from 'pg';
import { POOL } from '../src/adapters/postgres/tokens.js';
import { LIVE_SEAT_STATUS } from '../src/read-models/shared/tokens.js';
import type { Boxoffice } from '../src/app/boxoffice.js';
import {
  reservationRequest,
  ReserveSeatsCommand,
} from '../src/commands/seat-inventory/reserve-seats.js';
import type { Outcome } from '../src/commands/seat-inventory/writer/outcome.js';
import { seatStatusQueries } from '../src/read-models/seat-inventory/seat-status-queries.js';
import { context, hotEvent } from './engine.js';
import { percentile } from './report.js';

export interface LiveRun {
  readonly reservationsPerSecond: number;
  /** Time from a reservation's answer until the seat status shows it. Milliseconds. */
  readonly lagP50: number;
  readonly lagP99: number;
  readonly lagMost: number;
  readonly reads: number;
  readonly failedReads: number;
  readonly readP99: number;
}

/** Pause between two rounds of reservations, and between two reads. Milliseconds. */
const TICK_MS = 10;
const READ_MS = 20;
/** Time limit for a reservation to be shown. Milliseconds. */
const SHOWN_MS = 10_000;
const SEATS = 120_000;

/** Reserves two seats at a time at a given rate, and queries, while `work` runs. */
export async function sellOn<T>(
  boxoffice: Boxoffice,
  perSecond: number,
  work: () => Promise<T>,
): Promise<{ result: T; live: LiveRun }> {
  const { eventId, seatIds } = await hotEvent(boxoffice, SEATS);
  const bus = boxoffice.get(CommandBus);
  const [live, pool] = [boxoffice.get(LIVE_SEAT_STATUS), boxoffice.get(POOL)];
  await live.reached(eventId, 0, SHOWN_MS);
  const lags: number[] = [];
  const readMs: number[] = [];
  let failedReads = 0;
  let reserved = 0;
  let over = false;
  const under: Promise<void>[] = [];

  const reserve = async (seats: readonly string[]) => {
    const request = reservationRequest(eventId, `customer-${seats[0]}`, 'bench', {
      seatIds: seats,
    });
    const outcome = (await bus.execute(new ReserveSeatsCommand(request, context()))) as Outcome;
    if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejection));
    const answered = performance.now();
    const shown = await live.reached(eventId, Number(outcome.revision), SHOWN_MS);
    lags.push(shown ? performance.now() - answered : SHOWN_MS);
    reserved++;
  };
  const queries = seatStatusQueries(pool);
  const reading = (async () => {
    while (!over) {
      const began = performance.now();
      try {
        if (!(await queries.inventory(eventId))) throw new Error('not there');
      } catch {
        failedReads++;
      }
      readMs.push(performance.now() - began);
      await pause(READ_MS);
    }
  })();
  const began = performance.now();
  let next = 0;
  const selling = (async () => {
    while (!over && next + 2 <= seatIds.length) {
      const due = ((performance.now() - began) * perSecond) / 1_000;
      for (; next / 2 < due && next + 2 <= seatIds.length; next += 2)
        under.push(reserve(seatIds.slice(next, next + 2)));
      await pause(TICK_MS);
    }
  })();

  await pause(1_000);
  const result = await work();
  over = true;
  await Promise.all([selling, reading]);
  await Promise.all(under);
  const seconds = (performance.now() - began) / 1_000;
  return {
    result,
    live: {
      reservationsPerSecond: reserved / seconds,
      lagP50: percentile(lags, 0.5),
      lagP99: percentile(lags, 0.99),
      lagMost: Math.max(0, ...[percentile(lags, 1)]),
      reads: readMs.length,
      failedReads,
      readP99: percentile(readMs, 0.99),
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Returns the seconds that the server needs to COPY the rows of these tables from its disk into
 * equal tables.
 */
export async function bareCopy(pool: pg.Pool, views: readonly string[]): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    let seconds = 0;
    for (const view of views) {
      const { rows } = await client.query<{ table: string; file: string }>(
        `select refobjid::regclass::text as table,
           current_setting('data_directory') || '/bench-${view}.copy' as file
         from pg_depend d join pg_rewrite r on r.oid = d.objid
         where r.ev_class = $1::regclass and d.refobjid <> r.ev_class
           and d.refclassid = 'pg_class'::regclass limit 1`,
        [view],
      );
      const { table, file } = rows[0]!;
      const copy = `bench_copy_${view}`;
      await client.query(`copy (select * from ${view} order by event_id) to '${file}'`);
      await client.query(
        `drop table if exists ${copy}; create table ${copy} (like ${table} including all)`,
      );
      const began = performance.now();
      await client.query(`copy ${copy} from '${file}'`);
      seconds += (performance.now() - began) / 1_000;
      await client.query(`drop table ${copy}`);
    }
    return seconds;
  } finally {
    await client.query('reset statement_timeout').catch(() => {});
    client.release();
  }
}
