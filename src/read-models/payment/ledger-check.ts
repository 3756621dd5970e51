import type { ProviderEntry } from '../../ports/payment/payment-gateway.js';
import { ledgerQueries, type LedgerFault, type LedgerTotals } from './ledger-queries.js';
import { ledger } from './ledger.js';
import { bulk, type Queryable } from '../tables/read-model.js';

/** Entries of the provider's list per insert. */
const BATCH = 5_000;
/** Maximum length of each list in the report. */
export const MAX_NAMED = 100;
/**
 * The provider's list may lack entries that are younger than this when the check begins.
 * Milliseconds.
 */
export const SETTLING_MS = 60_000;

/** A capture or refund that differs between the ledger and the provider's list. */
export interface LedgerDifference {
  readonly difference:
    /** Only the provider has it. */
    | 'missing-here'
    /** Only the ledger has it. */
    | 'missing-there'
    | 'amount-differs'
    | 'currency-differs';
  readonly kind: ProviderEntry['kind'];
  /** The provider's id of the capture. */
  readonly reference: string;
  readonly ours: { readonly amountMinor: number; readonly currency: string } | null;
  readonly theirs: { readonly amountMinor: number; readonly currency: string } | null;
  /** Null if the ledger has no such capture. */
  readonly eventId: string | null;
  readonly reservationId: string | null;
}

export interface LedgerReport {
  /** True if the check found nothing wrong. */
  readonly balanced: boolean;
  /** Totals of the ledger per currency. */
  readonly totals: readonly LedgerTotals[];
  /** Time of the newest domain event in the ledger; ISO 8601, null when the ledger is empty. */
  readonly booksUpTo: string | null;
  /** Parked domain events of payments: the ledger is incomplete without them. */
  readonly setAside: number;
  /** Captures and refunds that were compared. */
  readonly entries: {
    readonly ours: number;
    readonly theirs: number;
    /** Ledger entries that the provider's list lacks and that are younger than `SETTLING_MS`. */
    readonly settling: number;
    /** Ledger entries of other providers, which are not compared. */
    readonly elsewhere: number;
  };
  readonly faults: { readonly count: number; readonly named: readonly LedgerFault[] };
  readonly differences: { readonly count: number; readonly named: readonly LedgerDifference[] };
}

export interface LedgerCheckOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Compares only payments of this provider. Default: all payments. */
  readonly provider?: string;
  /** Called while the provider's list is read. */
  readonly onProgress?: (entriesRead: number) => void;
}

/**
 * Checks the ledger for consistency and compares it with the provider's list, capture by capture
 * and refund by refund. Both sides are compared inside the database, so neither has to fit into
 * memory. The provider's list is read first: later entries are only in the ledger, and young.
 * @param db one connection of its own, outside of any transaction: the check creates temporary
 * tables
 * @throws PaymentOutcomeUnknown when the provider does not return its list
 */
export async function checkLedger(
  db: Queryable,
  theirs: AsyncIterable<ProviderEntry> | Iterable<ProviderEntry>,
  { now, provider, onProgress = () => {} }: LedgerCheckOptions,
): Promise<LedgerReport> {
  try {
    await storeEntries(db, theirs, onProgress);
    // All following queries see one snapshot of the ledger.
    await db.query('begin isolation level repeatable read');
    const queries = ledgerQueries(db);
    const totals = await queries.totals();
    const { count, faults: named } = await queries.faults(MAX_NAMED);
    const state = await projectionState(db);
    const compared = await compare(db, new Date(now - SETTLING_MS), provider);
    await db.query('commit');
    const balanced =
      count === 0 &&
      compared.differences.count === 0 &&
      state.setAside === 0 &&
      totals.every((total) => total.balanced);
    return { balanced, totals, ...state, ...compared, faults: { count, named } };
  } finally {
    await db
      .query('rollback; drop table if exists pg_temp.provider_entries, pg_temp.own_entries')
      .catch(() => {});
  }
}

const entryRows = bulk<{ kind: string; reference: string; currency: string; amount_minor: number }>(
  {
    kind: 'text',
    reference: 'text',
    currency: 'text',
    amount_minor: 'bigint',
  },
);

async function storeEntries(
  db: Queryable,
  entries: AsyncIterable<ProviderEntry> | Iterable<ProviderEntry>,
  onProgress: (entriesRead: number) => void,
): Promise<void> {
  await db.query(
    `create temp table provider_entries (kind text not null, reference text not null,
       currency text not null, amount_minor bigint not null)`,
  );
  let batch: ProviderEntry[] = [];
  let stored = 0;
  const store = async () => {
    const rows = batch.map(({ kind, reference, amount }) => ({
      kind,
      reference,
      currency: amount.currency,
      amount_minor: amount.amountMinor,
    }));
    await db.query(
      `insert into provider_entries (${entryRows.names}) ${entryRows.rows}`,
      entryRows.values(rows),
    );
    stored += batch.length;
    batch = [];
    onProgress(stored);
  };
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length === BATCH) await store();
  }
  if (batch.length > 0) await store();
  await db.query('analyze provider_entries');
}

async function projectionState(
  db: Queryable,
): Promise<Pick<LedgerReport, 'booksUpTo' | 'setAside'>> {
  const { rows } = await db.query<{ up_to: Date | null; set_aside: number }>(
    `select c.last_event_at as up_to, (select count(*)::float8 from parked_events a
       where a.name = c.name and a.version = c.version and a.generation = c.generation) as set_aside
     from serving_checkpoints c where c.name = $1`,
    [ledger.name],
  );
  return { booksUpTo: rows[0]?.up_to?.toISOString() ?? null, setAside: rows[0]?.set_aside ?? 0 };
}

/**
 * Ledger lines in the form of the provider's list: a debit of `provider` is a capture, a credit is
 * a refund. The two lines of a refund that failed later cancel each other out.
 */
const OWN_ENTRIES = `
  create temp table own_entries as
  select case when sum(l.debit_minor) > 0 then 'capture' else 'refund' end as kind, l.reference,
         l.currency, sum(l.debit_minor + l.credit_minor)::bigint as amount_minor, l.event_id,
         l.reservation_id, bool_or(l.at > $1) as young,
         coalesce(bool_or(p.provider <> $2), false) as elsewhere
  from ledger_lines l left join payments p using (event_id, reservation_id)
  where l.account = 'provider'
  group by l.event_id, l.reservation_id, l.reference, l.refund_reference, l.currency
  having sum(l.debit_minor + l.credit_minor) > 0`;

/**
 * Removes equal entries of both sides, one for one. Then pairs the remaining entries of each
 * capture: entries without a partner are missing on the other side. Thus a refund that the provider
 * made twice is reported once, and a refund of a different amount is reported with both amounts.
 */
const DIFFERENCES = `
  with ours as (
    select *, row_number()
      over (partition by kind, reference, currency, amount_minor order by young) as nth
    from own_entries where not elsewhere),
  theirs as (
    select *, row_number() over (partition by kind, reference, currency, amount_minor) as nth
    from provider_entries where amount_minor <> 0),
  ours_left as (
    select o.*, row_number()
      over (partition by kind, reference order by young, currency, amount_minor) as pair
    from ours o where not exists (
      select from theirs t
      where (t.kind, t.reference, t.currency, t.amount_minor, t.nth)
        = (o.kind, o.reference, o.currency, o.amount_minor, o.nth))),
  theirs_left as (
    select t.*, row_number()
      over (partition by kind, reference order by currency, amount_minor) as pair
    from theirs t where not exists (
      select from ours o
      where (o.kind, o.reference, o.currency, o.amount_minor, o.nth)
        = (t.kind, t.reference, t.currency, t.amount_minor, t.nth))),
  paired as (
    select kind, reference, o.currency as our_currency, o.amount_minor as our_minor, o.event_id,
           o.reservation_id, t.currency as their_currency, t.amount_minor as their_minor,
           o.young and t.pair is null as settling,
           case when o.pair is null then 'missing-here' when t.pair is null then 'missing-there'
                when o.currency <> t.currency then 'currency-differs'
                else 'amount-differs' end as difference
    from ours_left o full join theirs_left t using (kind, reference, pair))
  select difference, kind, reference, our_currency, our_minor::float8 as our_minor, their_currency,
         their_minor::float8 as their_minor, paired.event_id, paired.reservation_id, settling,
         count(*) filter (where not settling) over ()::float8 as total,
         count(*) filter (where settling) over ()::float8 as total_settling
  from paired order by settling, reference, kind, difference, our_minor, their_minor limit $1`;

interface DifferenceRow {
  difference: LedgerDifference['difference'];
  kind: ProviderEntry['kind'];
  reference: string;
  our_currency: string | null;
  our_minor: number | null;
  their_currency: string | null;
  their_minor: number | null;
  event_id: string | null;
  reservation_id: string | null;
  settling: boolean;
  total: number;
  total_settling: number;
}

async function compare(
  db: Queryable,
  settlingFrom: Date,
  provider: string | undefined,
): Promise<Pick<LedgerReport, 'entries' | 'differences'>> {
  await db.query(OWN_ENTRIES, [settlingFrom, provider ?? null]);
  await db.query('analyze own_entries');
  const { rows: counts } = await db.query<{ ours: number; theirs: number; elsewhere: number }>(
    `select count(*) filter (where not elsewhere)::float8 as ours,
            count(*) filter (where elsewhere)::float8 as elsewhere,
            (select count(*) from provider_entries)::float8 as theirs from own_entries`,
  );
  const { rows } = await db.query<DifferenceRow>(DIFFERENCES, [MAX_NAMED]);
  return {
    entries: { ...counts[0]!, settling: rows[0]?.total_settling ?? 0 },
    differences: {
      count: rows[0]?.total ?? 0,
      named: rows.filter(({ settling }) => !settling).map(toDifference),
    },
  };
}

function toDifference(row: DifferenceRow): LedgerDifference {
  const money = (amountMinor: number | null, currency: string | null) =>
    amountMinor === null || currency === null ? null : { amountMinor, currency };
  return {
    difference: row.difference,
    kind: row.kind,
    reference: row.reference,
    ours: money(row.our_minor, row.our_currency),
    theirs: money(row.their_minor, row.their_currency),
    eventId: row.event_id,
    reservationId: row.reservation_id,
  };
}
