import pg from 'pg';

export type Lock = 'per-event' | 'per-seat';

/** Seats of the benched event; two are sold per booking. */
const SEATS = 100_000;

/**
 * The booking that most shops run: two transactions per sale, each beginning with `SELECT … FOR
 * UPDATE`.
 * `per-event` locks the row of the event first, as a shop does that counts free seats; `per-seat`
 * locks only the seats.
 */
export async function prepareForUpdate(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`
    drop table if exists bench_events, bench_seats, bench_reservations;
    create table bench_events (event_id int primary key, sold int not null);
    create table bench_seats (event_id int, seat_id int, status char(1) not null,
      reservation_id uuid, primary key (event_id, seat_id));
    create table bench_reservations (reservation_id uuid primary key, customer_id text, status text,
      expires_at timestamptz, seat_ids int[]);
    insert into bench_events values (1, 0);
    insert into bench_seats select 1, n, 'a' from generate_series(0, ${SEATS - 1}) n;
    analyze bench_seats;`);
  await client.end();
}

/** Every seat free again, dead rows swept, so that one run does not slow the next. */
export async function resetForUpdate(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(
    `update bench_seats set status = 'a', reservation_id = null where status <> 'a'`,
  );
  await client.query('truncate bench_reservations');
  await client.query('vacuum analyze bench_seats');
  await client.end();
}

/**
 * Sales (reserve and confirm of two seats) per second over `seconds`, with `connections` at work.
 */
export async function runForUpdate(
  connectionString: string,
  lock: Lock,
  connections: number,
  seconds: number,
): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: connections });
  const until = performance.now() + seconds * 1_000;
  let next = 0;
  let sales = 0;
  const buyer = async () => {
    const client = await pool.connect();
    while (performance.now() < until && next + 1 < SEATS) {
      const seats = [next++, next++];
      const reservationId = crypto.randomUUID();
      await transaction(client, lock, () => reserve(client, reservationId, seats));
      await transaction(client, lock, () => confirm(client, reservationId));
      sales++;
    }
    client.release();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, buyer));
  const elapsed = (performance.now() - started) / 1_000;
  await pool.end();
  return sales / elapsed;
}

async function transaction(
  client: pg.PoolClient,
  lock: Lock,
  work: () => Promise<void>,
): Promise<void> {
  await client.query('begin');
  if (lock === 'per-event')
    await client.query('select sold from bench_events where event_id = 1 for update');
  await work();
  await client.query('commit');
}

async function reserve(
  client: pg.PoolClient,
  reservationId: string,
  seats: number[],
): Promise<void> {
  const { rows } = await client.query({
    name: 'lock-seats',
    text:
      'select seat_id, status from bench_seats where event_id = 1 and seat_id = any($1) order ' +
      'by seat_id for update',
    values: [seats],
  });
  if (rows.some(({ status }) => status !== 'a')) throw new Error('taken');
  await client.query({
    name: 'hold-seats',
    text:
      "update bench_seats set status = 'r', reservation_id = $2 where event_id = 1 and seat_id " +
      '= any($1)',
    values: [seats, reservationId],
  });
  await client.query({
    name: 'add-reservation',
    text:
      "insert into bench_reservations values ($1, 'customer', 'held', now() + interval '10 " +
      "minutes', $2)",
    values: [reservationId, seats],
  });
}

async function confirm(client: pg.PoolClient, reservationId: string): Promise<void> {
  const { rows } = await client.query({
    name: 'lock-reservation',
    text: 'select seat_ids, status from bench_reservations where reservation_id = $1 for update',
    values: [reservationId],
  });
  if (rows[0].status !== 'held') throw new Error('gone');
  await client.query({
    name: 'sell-seats',
    text:
      "update bench_seats set status = 's' where event_id = 1 and seat_id = any($1) and " +
      'reservation_id = $2',
    values: [rows[0].seat_ids, reservationId],
  });
  await client.query({
    name: 'confirm-reservation',
    text: `update bench_reservations set status = 'confirmed' where reservation_id = $1`,
    values: [reservationId],
  });
}
