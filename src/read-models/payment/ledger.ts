import type { Money } from '../../domain/shared/money.js';
import {
  bulk,
  partitionedByEvent,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/** What the money is, at any moment: each unit of a capture is in one of these. */
export type Account =
  /** What the provider holds for us; the other side of all that follow. */
  | 'provider'
  /** Captured, and not decided yet. */
  | 'unsettled'
  /** Kept: seats are sold for it. */
  | 'sales'
  /** To be paid back. */
  | 'refunds-due';

/** What one domain event does to the books: the amount leaves no account without arriving at another. */
export interface Posting {
  readonly eventId: string;
  readonly reservationId: string;
  /** Of the payment's stream; with the reservation it names the posting. */
  readonly revision: number;
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: Money;
  /** The provider's id of the capture. */
  readonly reference: string;
  /** The provider's id of the refund, once it is done. */
  readonly refundReference: string | null;
  /** Reverses an earlier posting: the same two accounts on the same sides, with a negative amount. */
  readonly reversal?: true;
  /** ISO 8601. */
  readonly at: string;
}

/** Lines are only ever added; the balances are kept beside them, so that no sum walks through all lines. */
export const ledger: ReadModel<Posting> = {
  name: 'ledger',
  version: 2,
  tables: ['ledger_lines', 'ledger_balances'],
  createTables,
  write,
};

function createTables(set: TableSet): string {
  const account = `account text not null check (account in ('provider', 'unsettled', 'sales', 'refunds-due'))`;
  const lines = `event_id text collate "C" not null,
     reservation_id text collate "C" not null,
     revision bigint not null,
     line smallint not null,
     ${account},
     debit_minor bigint not null,
     credit_minor bigint not null,
     currency text not null,
     reference text not null,
     refund_reference text,
     reversal boolean not null default false,
     at timestamptz not null,
     check (debit_minor = 0 or credit_minor = 0),
     check (case when reversal then debit_minor <= 0 and credit_minor <= 0
                 else debit_minor >= 0 and credit_minor >= 0 end),
     primary key (event_id, reservation_id, revision, line)`;
  const balances = `event_id text collate "C" not null,
     ${account},
     currency text not null,
     debit_minor bigint not null,
     credit_minor bigint not null,
     primary key (event_id, account, currency)`;
  return [
    partitionedByEvent(tableName('ledger_lines', set), lines),
    partitionedByEvent(tableName('ledger_balances', set), balances),
  ].join(';');
}

interface Line {
  event_id: string;
  reservation_id: string;
  revision: number;
  line: number;
  account: Account;
  debit_minor: number;
  credit_minor: number;
  currency: string;
  reference: string;
  refund_reference: string | null;
  reversal: boolean;
  at: string;
}

const newLines = bulk<Line>({
  event_id: 'text',
  reservation_id: 'text',
  revision: 'bigint',
  line: 'smallint',
  account: 'text',
  debit_minor: 'bigint',
  credit_minor: 'bigint',
  currency: 'text',
  reference: 'text',
  refund_reference: 'text',
  reversal: 'boolean',
  at: 'timestamptz',
});

/** What is in the books already is not posted twice: only lines that are new move a balance. */
async function write(
  transaction: Queryable,
  set: TableSet,
  postings: readonly Posting[],
): Promise<void> {
  await transaction.query({
    name: `post-ledger-${set}`,
    text: `with posted as (
             insert into ${tableName('ledger_lines', set)} (${newLines.names}) ${newLines.rows}
             on conflict do nothing
             returning event_id, account, currency, debit_minor, credit_minor)
           insert into ${tableName('ledger_balances', set)} as b
             (event_id, account, currency, debit_minor, credit_minor)
           select event_id, account, currency, sum(debit_minor), sum(credit_minor) from posted
           group by event_id, account, currency
           on conflict (event_id, account, currency) do update
           set debit_minor = b.debit_minor + excluded.debit_minor,
               credit_minor = b.credit_minor + excluded.credit_minor`,
    values: newLines.values(postings.flatMap(linesOf)),
  });
}

function linesOf({ debit, credit, amount, reversal: reverses, ...posting }: Posting): Line[] {
  const { currency } = amount;
  const reversal = reverses === true;
  const amountMinor = reversal ? -amount.amountMinor : amount.amountMinor;
  const of = {
    event_id: posting.eventId,
    reservation_id: posting.reservationId,
    revision: posting.revision,
    currency,
    reference: posting.reference,
    refund_reference: posting.refundReference,
    reversal,
    at: posting.at,
  };
  return [
    { ...of, line: 0, account: debit, debit_minor: amountMinor, credit_minor: 0 },
    { ...of, line: 1, account: credit, debit_minor: 0, credit_minor: amountMinor },
  ];
}
