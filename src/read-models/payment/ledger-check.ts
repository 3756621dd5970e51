import type { ProviderEntry } from '../../ports/payment/payment-gateway.js';
import { ledgerQueries, type LedgerFault, type LedgerTotals } from './ledger-queries.js';
import { ledger } from './ledger.js';
import { bulk, type Queryable } from '../tables/read-model.js';

/** Entries of the provider's list that are stored at once. */
const BATCH = 5_000;
/** Of each list in the report. */
export const MAX_NAMED = 100;
/** Entries of ours younger than this when the check begins need not be on the provider's list yet. Milliseconds. */
export const SETTLING_MS = 60_000;

/** A capture or refund on which we and the provider do not agree. */
export interface LedgerDifference {
  readonly difference:
    /** The provider has it, we do not. */
    | 'missing-here'
    /** We have it, the provider does not. */
    | 'missing-there'
    | 'amount-differs'
    | 'currency-differs';
  readonly kind: ProviderEntry['kind'];
  /** The provider's id of the capture. */
  readonly reference: string;
  readonly ours: { readonly amountMinor: number; readonly currency: string } | null;
  readonly theirs: { readonly amountMinor: number; readonly currency: string } | null;
  /** Null where we know nothing of it. */
  readonly eventId: string | null;
  readonly reservationId: string | null;
}

export interface LedgerReport {
  /** Nothing is wrong in what follows. */
  readonly balanced: boolean;
  /** Of the books, per currency. */
  readonly totals: readonly LedgerTotals[];
  /** When the newest domain event in the books was recorded; ISO 8601, null when they are empty. */
  readonly booksUpTo: string | null;
  /** Domain events of payments that the books could not take in: they are incomplete without them. */
  readonly setAside: number;
  /** Captures and refunds that were compared. */
  readonly entries: {
    readonly ours: number;
    readonly theirs: number;
    /** Of ours: not on the provider's list, and too young for it to matter. */
    readonly settling: number;
    /** Of ours, beside those compared: taken by another provider, of which this check sees nothing. */
    readonly elsewhere: number;
  };
  readonly faults: { readonly count: number; readonly named: readonly LedgerFault[] };
  readonly differences: { readonly count: number; readonly named: readonly LedgerDifference[] };
}

export interface LedgerCheckOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whose list it is; payments of other providers are left out. All are compared unless told. */
  readonly provider?: string;
  /** Called as the provider's list is read. */
  readonly onProgress?: (entriesRead: number) => void;
}

/**
 * Holds the books against themselves and against the provider's list, capture by capture and refund by refund. Both
 * sides are compared inside the database, so neither has to fit into memory. The provider is read first: whatever has moved
 * since is in the books only, and young.
 * @param db one connection of its own, outside of any transaction: it makes temporary tables
 * @throws PaymentOutcomeUnknown when the provider does not show its list
 */
export async function checkLedger(
  db: Queryable,
  theirs: AsyncIterable<ProviderEntry> | Iterable<ProviderEntry>,
  { now, provider, onProgress = () => {} }: LedgerCheckOptions,
): Promise<LedgerReport> {
  try {
    await storeEntries(db, theirs, onProgress);
    // All that follows sees the books as they stand at one moment.
    await db.query('begin isolation level repeatable read');
    const queries = ledgerQueries(db);
    const totals = await queries.totals();
    const { count, faults: named } = await queries.faults(MAX_NAMED);
    const standing = await standingOf(db);
    const compared = await compare(db, new Date(now - SETTLING_MS), provider);
    await db.query('commit');
    const balanced =
      count === 0 &&
      compared.differences.count === 0 &&
      standing.setAside === 0 &&
      totals.every((total) => total.balanced);
    return { balanced, totals, ...standing, ...compared, faults: { count, named } };
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
    `create temp table provider_entries
       (kind text not null, reference text not null, currency text not null, amount_minor bigint not null)`,
  );
  let batch: ProviderEntry[] = [];
  let stored = 0;
  const store = async () => {
    const rows = batch.map(({ kind, reference, amount }) => ({
      ...{ kind, reference },
      ...{ currency: amount.currency, amount_minor: amount.amountMinor },
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

async function standingOf(db: Queryable): Promise<Pick<LedgerReport, 'booksUpTo' | 'setAside'>> {
  const { rows } = await db.query<{ up_to: Date | null; set_aside: number }>(
    `select c.last_event_at as up_to, (select count(*)::float8 from parked_events a
       where a.name = c.name and a.version = c.version and a.generation = c.generation) as set_aside
     from serving_checkpoints c where c.name = $1`,
    [ledger.name],
  );
  return { booksUpTo: rows[0]?.up_to?.toISOString() ?? null, setAside: rows[0]?.set_aside ?? 0 };
}

/**
 * Our postings, as the provider would list them: a debit of `provider` is a capture, a credit a refund. A refund that failed
 * later has two lines, which cancel each other out.
 */
const OWN_ENTRIES = `
  create temp table own_entries as
  select case when sum(l.debit_minor) > 0 then 'capture' else 'refund' end as kind, l.reference, l.currency,
         sum(l.debit_minor + l.credit_minor)::bigint as amount_minor, l.event_id, l.reservation_id,
         bool_or(l.at > $1) as young, coalesce(bool_or(p.provider <> $2), false) as elsewhere
  from ledger_lines l left join payments p using (event_id, reservation_id)
  where l.account = 'provider'
  group by l.event_id, l.reservation_id, l.reference, l.refund_reference, l.currency
  having sum(l.debit_minor + l.credit_minor) > 0`;

/**
 * What is the same on both sides is taken away, as often as it is there on both; of what is left, entries of one
 * capture are paired, and those without a partner are missing. So a refund that the provider made twice is one too many,
 * and one of another amount is named with both.
 */
const DIFFERENCES = `
  with ours as (
    select *, row_number() over (partition by kind, reference, currency, amount_minor order by young) as nth
    from own_entries where not elsewhere),
  theirs as (
    select *, row_number() over (partition by kind, reference, currency, amount_minor) as nth
    from provider_entries where amount_minor <> 0),
  ours_left as (
    select o.*, row_number() over (partition by kind, reference order by young, currency, amount_minor) as pair
    from ours o where not exists (select from theirs t where (t.kind, t.reference, t.currency, t.amount_minor, t.nth)
                                    = (o.kind, o.reference, o.currency, o.amount_minor, o.nth))),
  theirs_left as (
    select t.*, row_number() over (partition by kind, reference order by currency, amount_minor) as pair
    from theirs t where not exists (select from ours o where (o.kind, o.reference, o.currency, o.amount_minor, o.nth)
                                      = (t.kind, t.reference, t.currency, t.amount_minor, t.nth))),
  paired as (
    select kind, reference, o.currency as our_currency, o.amount_minor as our_minor, o.event_id, o.reservation_id,
           t.currency as their_currency, t.amount_minor as their_minor, o.young and t.pair is null as settling,
           case when o.pair is null then 'missing-here' when t.pair is null then 'missing-there'
                when o.currency <> t.currency then 'currency-differs' else 'amount-differs' end as difference
    from ours_left o full join theirs_left t using (kind, reference, pair))
  select difference, kind, reference, our_currency, our_minor::float8 as our_minor, their_currency,
         their_minor::float8 as their_minor, paired.event_id, paired.reservation_id, settling,
         count(*) filter (where not settling) over ()::float8 as of_all,
         count(*) filter (where settling) over ()::float8 as settling_in_all
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
  of_all: number;
  settling_in_all: number;
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
    entries: { ...counts[0]!, settling: rows[0]?.settling_in_all ?? 0 },
    differences: {
      count: rows[0]?.of_all ?? 0,
      named: rows.filter(({ settling }) => !settling).map(toDifference),
    },
  };
}

function toDifference(row: DifferenceRow): LedgerDifference {
  const money = (amountMinor: number | null, currency: string | null) =>
    amountMinor === null || currency === null ? null : { amountMinor, currency };
  return {
    ...{ difference: row.difference, kind: row.kind, reference: row.reference },
    ours: money(row.our_minor, row.our_currency),
    theirs: money(row.their_minor, row.their_currency),
    eventId: row.event_id,
    reservationId: row.reservation_id,
  };
}
