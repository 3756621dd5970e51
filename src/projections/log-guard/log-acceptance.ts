import type pg from 'pg';
import { anySignal } from '../../ports/system/any-signal.js';
import type { Clock } from '../../ports/system/clock.js';
import type {
  LogAcceptance,
  LogOperations,
  LogStatus,
} from '../../ports/projection/log-operations.js';
import { lossesAfter } from '../../read-models/projection/log-losses.js';
import type { Queryable, ReadModel } from '../../read-models/tables/read-model.js';
import { inTransaction } from '../../read-models/tables/transaction.js';
import { addRebuild, nextGeneration } from '../../read-models/projection/rebuilds.js';
import type { LogGuard } from './log-guard.js';

/** How often a node checks for an unfinished acceptance. Milliseconds. */
const POLL_MS = 500;

export interface AcceptanceParts {
  readonly db: pg.Pool;
  readonly guard: LogGuard;
  readonly readModels: readonly Pick<ReadModel<never>, 'name' | 'version'>[];
  readonly clock: Clock;
  /** Called when there is work for `Rebuilds`. */
  readonly nudge: () => void;
  readonly warn: (message: string) => void;
  readonly log: (message: string) => void;
}

export interface LogAcceptances {
  readonly operations: LogOperations;
  close(): Promise<void>;
}

/**
 * Rebuilds every read model from a log that an operator has accepted. Any node continues where
 * another stopped.
 */
export function openLogAcceptances(parts: AcceptanceParts): LogAcceptances {
  const { db, guard, clock } = parts;
  const closing = new AbortController();
  let nudged = new AbortController();

  const advanceAcceptance = async () => {
    if (!guard.isReplaced()) return;
    const outcome = await inTransaction(db, (transaction) =>
      advance(transaction, parts.readModels),
    );
    if (outcome === 'began') parts.nudge();
    if (outcome !== 'finished') return;
    parts.log('log accepted: every read model was rebuilt from it');
    await guard.check();
  };
  const working = (async () => {
    while (!closing.signal.aborted) {
      await advanceAcceptance().catch((error: Error) =>
        parts.warn(`log acceptance interrupted, trying again: ${error.message}`),
      );
      nudged = new AbortController();
      await clock.sleep(POLL_MS, anySignal([closing.signal, nudged.signal]));
    }
  })();

  const status = async (): Promise<LogStatus> => ({
    condition: await guard.check(),
    acceptance: await lastAcceptance(db),
    losses: await countLosses(db),
  });

  return {
    operations: {
      status,
      accept: async (by) => {
        const condition = await guard.check();
        if (condition.state !== 'replaced') return 'not-replaced';
        const { rowCount } = await db.query(
          'insert into log_acceptances (accepted_by, cause) values ($1, $2) on conflict do nothing',
          [by, condition.cause],
        );
        nudged.abort();
        return rowCount === 1 ? 'started' : 'under-way';
      },
      losses: (after) => lossesAfter(db, after),
    },
    close: async () => {
      closing.abort();
      await working;
    },
  };
}

type Advance = 'began' | 'finished' | undefined;

/** Starts missing rebuilds. When all have switched, finishes the acceptance. */
async function advance(
  transaction: Queryable,
  readModels: AcceptanceParts['readModels'],
): Promise<Advance> {
  const { rows } = await transaction.query<{ id: string; by: string }>(
    `select id::text, accepted_by as by from log_acceptances
     where finished_at is null for update skip locked`,
  );
  const [open] = rows;
  if (!open) return undefined;
  let began = false;
  let switched = 0;
  for (const readModel of readModels) {
    const state = await rebuildState(transaction, readModel, open.id);
    if (state === 'switched') switched++;
    if (state !== 'missing') continue;
    const tables = await nextGeneration(transaction, readModel);
    await addRebuild(transaction, {
      tables,
      kind: 'accept-log',
      by: open.by,
      acceptDifference: true,
    });
    began = true;
  }
  if (switched < readModels.length) return began ? 'began' : undefined;
  await transaction.query(
    'update log_acceptances set finished_at = clock_timestamp() where id = $1',
    [open.id],
  );
  return 'finished';
}

/**
 * Returns the state of a read model's rebuild for an acceptance. Cancels a rebuild of another kind
 * first.
 */
async function rebuildState(
  transaction: Queryable,
  { name }: { readonly name: string },
  acceptance: string,
): Promise<'switched' | 'under-way' | 'missing'> {
  const { rows } = await transaction.query<{ phase: string; ended: boolean }>(
    `select phase, ended_at is not null as ended from projection_rebuilds
     where name = $1 and kind = 'accept-log'
       and started_at >= (select accepted_at from log_acceptances where id = $2)
     order by id desc limit 1`,
    [name, acceptance],
  );
  const [last] = rows;
  if (last?.phase === 'switched') return 'switched';
  if (last && !last.ended) return 'under-way';
  const { rowCount } = await transaction.query(
    `update projection_rebuilds set phase = 'cancelling' where name = $1 and ended_at is null`,
    [name],
  );
  return rowCount === 0 ? 'missing' : 'under-way';
}

interface AcceptanceRow {
  id: number;
  accepted_by: string;
  accepted_at: Date;
  finished_at: Date | null;
  cause: string;
}

async function lastAcceptance(db: Queryable): Promise<LogAcceptance | null> {
  const { rows } = await db.query<AcceptanceRow>(
    `select id::int, accepted_by, accepted_at, finished_at, cause from log_acceptances
     order by log_acceptances.id desc limit 1`,
  );
  const [row] = rows;
  if (!row) return null;
  return {
    number: row.id,
    acceptedBy: row.accepted_by,
    acceptedAt: row.accepted_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    cause: row.cause,
  };
}

async function countLosses(db: Queryable): Promise<LogStatus['losses']> {
  const { rows } = await db.query<LogStatus['losses']>(
    `select count(*) filter (where kind = 'reservation')::int as reservations,
       count(*) filter (where kind = 'payment')::int as payments
     from log_losses where acceptance_id = (select max(id) from log_acceptances)`,
  );
  return rows[0]!;
}
