import { bulk, partitionedByEvent, tableName } from './read-model.js';
/** Lines are only ever added; the balances are kept beside them, so that no sum walks through all lines. */ export const ledger = {
    name: 'ledger',
    version: 1,
    tables: [
        'ledger_lines',
        'ledger_balances'
    ],
    createTables,
    write
};
function createTables(set) {
    const account = `account text not null check (account in ('provider', 'unsettled', 'sales', 'refunds-due'))`;
    const lines = `event_id text collate "C" not null,
     reservation_id text collate "C" not null,
     revision bigint not null,
     line smallint not null,
     ${account},
     debit_minor bigint not null check (debit_minor >= 0),
     credit_minor bigint not null check (credit_minor >= 0),
     currency text not null,
     reference text not null,
     refund_reference text,
     at timestamptz not null,
     check (debit_minor = 0 or credit_minor = 0),
     primary key (event_id, reservation_id, revision, line)`;
    const balances = `event_id text collate "C" not null,
     ${account},
     currency text not null,
     debit_minor bigint not null,
     credit_minor bigint not null,
     primary key (event_id, account, currency)`;
    return [
        partitionedByEvent(tableName('ledger_lines', set), lines),
        partitionedByEvent(tableName('ledger_balances', set), balances)
    ].join(';');
}
const newLines = bulk({
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
    at: 'timestamptz'
});
/** What is in the books already is not posted twice: only lines that are new move a balance. */ async function write(transaction, set, postings) {
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
        values: newLines.values(postings.flatMap(linesOf))
    });
}
function linesOf({ debit, credit, amount, ...posting }) {
    const { amountMinor, currency } = amount;
    const of = {
        event_id: posting.eventId,
        reservation_id: posting.reservationId,
        revision: posting.revision,
        currency,
        reference: posting.reference,
        refund_reference: posting.refundReference,
        at: posting.at
    };
    return [
        {
            ...of,
            line: 0,
            account: debit,
            debit_minor: amountMinor,
            credit_minor: 0
        },
        {
            ...of,
            line: 1,
            account: credit,
            debit_minor: 0,
            credit_minor: amountMinor
        }
    ];
}

//# sourceMappingURL=ledger.js.map