import type { Queryable } from '../tables/read-model.js';

/** Totals of the ledger in one currency. Minor units. */
export interface LedgerTotals {
  readonly currency: string;
  /** All captures. */
  readonly capturedMinor: number;
  /** Captured for sold seats. */
  readonly keptMinor: number;
  readonly refundedMinor: number;
  /** Due refunds. */
  readonly obligationsMinor: number;
  /** Captured money that belongs to no sale and to no due refund. */
  readonly unsettledMinor: number;
  /** Whether `capturedMinor` is the sum of the other four. */
  readonly balanced: boolean;
}

export interface LedgerQueries {
  /** Returns one per currency, by its code; none before the first capture. */
  totals(): Promise<LedgerTotals[]>;
  totalsOf(eventId: string): Promise<LedgerTotals[]>;
  /** Returns the number of all inconsistencies, and the first `limit` of them. */
  faults(limit: number): Promise<{ count: number; faults: LedgerFault[] }>;
}

/** An inconsistency within the ledger. */
export interface LedgerFault {
  readonly fault:
    /** Debits and credits of one posting differ, by `amountMinor`. */
    | 'posting-unbalanced'
    /** More of a capture has left an account than has entered it: it was settled twice. */
    | 'account-overdrawn'
    /** The stored balance of an event differs from the sum of its lines, by `amountMinor`. */
    | 'balance-wrong';
  readonly eventId: string;
  /** Null if the fault concerns the whole event. */
  readonly reservationId: string | null;
  /** Id of a posting's domain event, the provider's id of a capture, or an account. */
  readonly what: string;
  readonly amountMinor: number;
  readonly currency: string;
}

type TotalsRow = Omit<LedgerTotals, 'balanced'>;

interface FaultRow {
  fault: LedgerFault['fault'];
  event_id: string;
  reservation_id: string | null;
  what: string;
  amount_minor: number;
  currency: string;
  total: number;
}

const sumOf = (what: string, account: string): string =>
  `coalesce(sum(${what}) filter (where account = '${account}'), 0)::float8`;

const totalsFrom = (where: string): string => `
  select currency,
    ${sumOf('debit_minor', 'provider')} as "capturedMinor",
    ${sumOf('credit_minor - debit_minor', 'sales')} as "keptMinor",
    ${sumOf('credit_minor', 'provider')} as "refundedMinor",
    ${sumOf('credit_minor - debit_minor', 'refunds-due')} as "obligationsMinor",
    ${sumOf('credit_minor - debit_minor', 'unsettled')} as "unsettledMinor"
  from ledger_balances ${where} group by currency order by currency collate "C"`;

/** Reads every line: for a check, not for a page. */
const FAULTS = `
  with faults as (
    select 'posting-unbalanced' as fault, event_id, reservation_id, domain_event_id::text as what,
           sum(debit_minor) - sum(credit_minor) as amount, currency
    from ledger_lines group by event_id, reservation_id, domain_event_id, currency
    having sum(debit_minor) <> sum(credit_minor)
    union all
    select 'account-overdrawn', event_id, reservation_id, account || ' ' || reference, balance,
           currency
    from (select event_id, reservation_id, account, reference, currency,
                 sum(case when account = 'provider' then debit_minor - credit_minor
                          else credit_minor - debit_minor end) as balance
          from ledger_lines
          group by event_id, reservation_id, account, reference, currency) of_captures
    where balance < 0
    union all
    select 'balance-wrong', event_id, null, account,
           coalesce(b.debit_minor - b.credit_minor, 0)
             - coalesce(l.debit_minor - l.credit_minor, 0),
           currency
    from ledger_balances b
    full join (select event_id, account, currency, sum(debit_minor) as debit_minor,
                      sum(credit_minor) as credit_minor
               from ledger_lines group by event_id, account, currency) l
      using (event_id, account, currency)
    where (b.debit_minor, b.credit_minor) is distinct from (l.debit_minor, l.credit_minor))
  select fault, event_id, reservation_id, what, amount::float8 as amount_minor, currency,
         count(*) over ()::float8 as total
  from faults order by fault, event_id, reservation_id, what, currency limit $1`;

export function ledgerQueries(db: Queryable): LedgerQueries {
  return {
    totals: async () => {
      const { rows } = await db.query<TotalsRow>({ name: 'ledger/totals', text: totalsFrom('') });
      return rows.map(withBalance);
    },
    totalsOf: async (eventId) => {
      const { rows } = await db.query<TotalsRow>({
        name: 'ledger/totals-of-event',
        text: totalsFrom('where event_id = $1'),
        values: [eventId],
      });
      return rows.map(withBalance);
    },
    faults: async (limit) => {
      const { rows } = await db.query<FaultRow>({ text: FAULTS, values: [limit] });
      return { count: rows[0]?.total ?? 0, faults: rows.map(toFault) };
    },
  };
}

/**
 * Checks the balance of the ledger. It is computed from four accounts with their own debits and
 * credits.
 */
function withBalance(totals: TotalsRow): LedgerTotals {
  const { capturedMinor, keptMinor, refundedMinor, obligationsMinor, unsettledMinor } = totals;
  const balanced = capturedMinor === keptMinor + refundedMinor + obligationsMinor + unsettledMinor;
  return { ...totals, balanced };
}

function toFault(row: FaultRow): LedgerFault {
  return {
    fault: row.fault,
    eventId: row.event_id,
    reservationId: row.reservation_id,
    what: row.what,
    amountMinor: row.amount_minor,
    currency: row.currency,
  };
}
