import { ledgerQueries } from './ledger-queries.js';
import { ledger } from './ledger.js';
import { bulk } from './read-model.js';
/** Entries of the provider's list that are stored at once. */ const BATCH = 5_000;
/** Of each list in the report. */ export const MAX_NAMED = 100;
/** Entries of ours younger than this when the check begins need not be on the provider's list yet. Milliseconds. */ export const SETTLING_MS = 60_000;
/**
 * Holds the books against themselves and against the provider's list, capture by capture and refund by refund. Both
 * sides are compared inside the database, so neither has to fit into memory. The provider is read first: whatever has moved
 * since is in the books only, and young.
 * @param db one connection of its own, outside of any transaction: it makes temporary tables
 * @throws PaymentOutcomeUnknown when the provider does not show its list
 */ export async function checkLedger(db, theirs, { now, provider, onProgress = ()=>{} }) {
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
        const balanced = count === 0 && compared.differences.count === 0 && standing.setAside === 0 && totals.every((total)=>total.balanced);
        return {
            balanced,
            totals,
            ...standing,
            ...compared,
            faults: {
                count,
                named
            }
        };
    } finally{
        await db.query('rollback; drop table if exists pg_temp.provider_entries, pg_temp.own_entries').catch(()=>{});
    }
}
const entryRows = bulk({
    kind: 'text',
    reference: 'text',
    currency: 'text',
    amount_minor: 'bigint'
});
async function storeEntries(db, entries, onProgress) {
    await db.query(`create temp table provider_entries
       (kind text not null, reference text not null, currency text not null, amount_minor bigint not null)`);
    let batch = [];
    let stored = 0;
    const store = async ()=>{
        const rows = batch.map(({ kind, reference, amount })=>({
                ...{
                    kind,
                    reference
                },
                ...{
                    currency: amount.currency,
                    amount_minor: amount.amountMinor
                }
            }));
        await db.query(`insert into provider_entries (${entryRows.names}) ${entryRows.rows}`, entryRows.values(rows));
        stored += batch.length;
        batch = [];
        onProgress(stored);
    };
    for await (const entry of entries){
        batch.push(entry);
        if (batch.length === BATCH) await store();
    }
    if (batch.length > 0) await store();
    await db.query('analyze provider_entries');
}
async function standingOf(db) {
    const { rows } = await db.query(`select c.last_event_at as up_to, (select count(*)::float8 from parked_events a
       where a.name = c.name and a.version = c.version and a.generation = c.generation) as set_aside
     from serving_checkpoints c where c.name = $1`, [
        ledger.name
    ]);
    return {
        booksUpTo: rows[0]?.up_to?.toISOString() ?? null,
        setAside: rows[0]?.set_aside ?? 0
    };
}
/** Ours, as the provider would list them: a debit of `provider` is a capture, a credit a refund. */ const OWN_ENTRIES = `
  create temp table own_entries as
  select case when l.debit_minor > 0 then 'capture' else 'refund' end as kind, l.reference, l.currency,
         l.debit_minor + l.credit_minor as amount_minor, l.event_id, l.reservation_id,
         l.at > $1 as young, coalesce(p.provider <> $2, false) as elsewhere
  from ledger_lines l left join payments p using (event_id, reservation_id)
  where l.account = 'provider' and l.debit_minor + l.credit_minor > 0`;
/**
 * What is the same on both sides is taken away, as often as it is there on both; of what is left, entries of one
 * capture are paired, and those without a partner are missing. So a refund that the provider made twice is one too many,
 * and one of another amount is named with both.
 */ const DIFFERENCES = `
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
async function compare(db, settlingFrom, provider) {
    await db.query(OWN_ENTRIES, [
        settlingFrom,
        provider ?? null
    ]);
    await db.query('analyze own_entries');
    const { rows: counts } = await db.query(`select count(*) filter (where not elsewhere)::float8 as ours,
            count(*) filter (where elsewhere)::float8 as elsewhere,
            (select count(*) from provider_entries)::float8 as theirs from own_entries`);
    const { rows } = await db.query(DIFFERENCES, [
        MAX_NAMED
    ]);
    return {
        entries: {
            ...counts[0],
            settling: rows[0]?.settling_in_all ?? 0
        },
        differences: {
            count: rows[0]?.of_all ?? 0,
            named: rows.filter(({ settling })=>!settling).map(toDifference)
        }
    };
}
function toDifference(row) {
    const money = (amountMinor, currency)=>amountMinor === null || currency === null ? null : {
            amountMinor,
            currency
        };
    return {
        ...{
            difference: row.difference,
            kind: row.kind,
            reference: row.reference
        },
        ours: money(row.our_minor, row.our_currency),
        theirs: money(row.their_minor, row.their_currency),
        eventId: row.event_id,
        reservationId: row.reservation_id
    };
}

//# sourceMappingURL=ledger-check.js.map