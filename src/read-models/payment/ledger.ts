import type { Money } from '../../domain/shared/money.js';
import {
  bulk,
  partitionedByEvent,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/** Every unit of captured money is in one of these accounts. */
export type Account =
  /** Money that the provider holds: the contra account of the others. */
  | 'provider'
  /** Captured, and neither kept nor due. */
  | 'unsettled'
  /** Captured for sold seats. */
  | 'sales'
  | 'refunds-due';

/** One double entry: the amount is debited to one account and credited to another. */
export interface Posting {
  readonly eventId: string;
  readonly reservationId: string;
  /**
   * Id of the domain event. Together with the reservation it identifies the posting, in whichever
   * stream the event is.
   */
  readonly domainEventId: string;
  /** Revision of the domain event in its stream: the order of a reservation's postings. */
  readonly revision: number;
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: Money;
  /** The provider's id of the capture. */
  readonly reference: string;
  /** The provider's id of the refund, once it is completed. */
  readonly refundReference: string | null;
  /**
   * Reverses an earlier posting: the same two accounts on the same sides, with a negative amount.
   */
  readonly reversal?: true;
  /** ISO 8601. */
  readonly at: string;
}

/** Lines are only inserted. Balances are stored too, so that no query sums up all lines. */
export const ledger: ReadModel<Posting> = {
  name: 'ledger',
  version: 3,
  tables: ['ledger_lines', 'ledger_balances'],
  createTables,
  write,
};

function createTables(set: TableSet): string {
  const account = `account text not null
     check (account in ('provider', 'unsettled', 'sales', 'refunds-due'))`;
  const lines = `event_id text collate "C" not null,
     reservation_id text collate "C" not null,
     domain_event_id uuid not null,
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
     primary key (event_id, reservation_id, domain_event_id, line)`;
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
  domain_event_id: string;
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
  domain_event_id: 'uuid',
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

/** Posts nothing twice: only new lines change a balance. */
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
  const line = {
    event_id: posting.eventId,
    reservation_id: posting.reservationId,
    domain_event_id: posting.domainEventId,
    revision: posting.revision,
    currency,
    reference: posting.reference,
    refund_reference: posting.refundReference,
    reversal,
    at: posting.at,
  };
  return [
    { ...line, line: 0, account: debit, debit_minor: amountMinor, credit_minor: 0 },
    { ...line, line: 1, account: credit, debit_minor: 0, credit_minor: amountMinor },
  ];
}
