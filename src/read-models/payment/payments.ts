import {
  bulk,
  partitionedByEvent,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/**
 * Change of one reservation's money by one domain event. Amounts are differences, in minor units.
 */
export interface PaymentChange {
  readonly eventId: string;
  readonly reservationId: string;
  /** ISO 8601. */
  readonly at: string;
  /** A new attempt to pay. */
  readonly requested?: {
    readonly customerId: string;
    readonly provider: string;
    readonly attempt: number;
    readonly amountMinor: number;
    readonly currency: string;
  };
  readonly pending?: boolean;
  /** Null: the last attempt has not failed. */
  readonly failure?: string | null;
  /** The sale was undone. */
  readonly undone?: true;
  /** Captured, and neither kept nor due. */
  readonly unsettled?: number;
  readonly kept?: number;
  /** Price difference of cheaper seats for which no refund is due yet. */
  readonly owed?: number;
  /** To be refunded, including the part that the provider has accepted. */
  readonly due?: number;
  /** Part of `due` that the provider has accepted and the bank has not confirmed. */
  readonly awaiting?: number;
  /** Part of `due` whose automatic attempts have all failed. */
  readonly givenUp?: number;
  readonly refunded?: number;
}

export const payments: ReadModel<PaymentChange> = {
  name: 'payments',
  version: 3,
  tables: ['payments'],
  createTables,
  createIndices: (set) => `create index on ${tableName('payments', set)} (changed_at) where open`,
  write,
  losses,
};

const MONEY = [
  'pending',
  'unsettled_minor',
  'kept_minor',
  'owed_minor',
  'due_minor',
  'refunded_minor',
  'amount_minor',
];

function losses(set: TableSet): string {
  const state = (row: string) =>
    `jsonb_build_object('provider', ${row}.provider, 'attempt', ${row}.attempt,
       'pending', ${row}.pending, 'currency', ${row}.currency, 'amountMinor', ${row}.amount_minor,
       'unsettledMinor', ${row}.unsettled_minor, 'keptMinor', ${row}.kept_minor,
       'owedMinor', ${row}.owed_minor, 'dueMinor', ${row}.due_minor,
       'refundedMinor', ${row}.refunded_minor)`;
  const money = (row: string) => MONEY.map((column) => `${row}.${column}`).join(', ');
  return `
    select 'payment', old.event_id, old.reservation_id, old.customer_id, ${state('old')},
      case when new.event_id is not null then ${state('new')} end
    from payments old left join ${tableName('payments', set)} new using (event_id, reservation_id)
    where (${money('old')}) is distinct from (${money('new')})`;
}

/** Column `open`: something is left to do. */
function createTables(set: TableSet): string {
  const table = tableName('payments', set);
  const columns = `event_id text collate "C" not null,
     reservation_id text collate "C" not null,
     customer_id text collate "C" not null,
     provider text not null,
     attempt integer not null,
     amount_minor bigint not null,
     currency text not null,
     pending boolean not null,
     failure text,
     undone boolean not null,
     unsettled_minor bigint not null,
     kept_minor bigint not null,
     owed_minor bigint not null,
     due_minor bigint not null,
     awaiting_minor bigint not null,
     given_up_minor bigint not null,
     refunded_minor bigint not null,
     requested_at timestamptz not null,
     changed_at timestamptz not null,
     open boolean generated always as (pending or unsettled_minor > 0 or due_minor > 0
       or ((undone or owed_minor > 0) and kept_minor > 0)) stored,
     primary key (event_id, reservation_id)`;
  return partitionedByEvent(table, columns);
}

interface Row {
  event_id: string;
  reservation_id: string;
  customer_id: string | null;
  provider: string | null;
  attempt: number | null;
  amount_minor: number | null;
  currency: string | null;
  pending: boolean | null;
  failure: string | null;
  clears_failure: boolean;
  undone: boolean;
  unsettled_minor: number;
  kept_minor: number;
  owed_minor: number;
  due_minor: number;
  awaiting_minor: number;
  given_up_minor: number;
  refunded_minor: number;
  requested_at: string | null;
  changed_at: string;
}

const rows = bulk<Row>({
  event_id: 'text',
  reservation_id: 'text',
  customer_id: 'text',
  provider: 'text',
  attempt: 'integer',
  amount_minor: 'bigint',
  currency: 'text',
  pending: 'boolean',
  failure: 'text',
  clears_failure: 'boolean',
  undone: 'boolean',
  unsettled_minor: 'bigint',
  kept_minor: 'bigint',
  owed_minor: 'bigint',
  due_minor: 'bigint',
  awaiting_minor: 'bigint',
  given_up_minor: 'bigint',
  refunded_minor: 'bigint',
  requested_at: 'timestamptz',
  changed_at: 'timestamptz',
});

async function write(
  transaction: Queryable,
  set: TableSet,
  changes: readonly PaymentChange[],
): Promise<void> {
  const table = tableName('payments', set);
  const changed = coalesce(changes);
  const requested = changed.filter(({ customer_id }) => customer_id !== null);
  if (requested.length > 0) {
    await transaction.query({
      name: `insert-payments-${set}`,
      text: `insert into ${table} (event_id, reservation_id, customer_id, provider, attempt,
               amount_minor, currency, pending, undone, unsettled_minor, kept_minor, owed_minor,
               due_minor, awaiting_minor, given_up_minor, refunded_minor, requested_at, changed_at)
             select event_id, reservation_id, customer_id, provider, attempt, amount_minor,
               currency,
               false, false, 0, 0, 0, 0, 0, 0, 0, requested_at, changed_at
             from (${rows.rows}) c (${rows.names})
             on conflict (event_id, reservation_id) do update
               set attempt = excluded.attempt, amount_minor = excluded.amount_minor,
                   requested_at = excluded.requested_at`,
      values: rows.values(requested),
    });
  }
  // A free sale has no payment: undoing it updates no row.
  await transaction.query({
    name: `update-payments-${set}`,
    text: `update ${table} p
           set pending = coalesce(c.pending, p.pending),
               failure = case when c.clears_failure then null
                              else coalesce(c.failure, p.failure) end,
               undone = p.undone or c.undone,
               unsettled_minor = p.unsettled_minor + c.unsettled_minor,
               kept_minor = p.kept_minor + c.kept_minor,
               owed_minor = p.owed_minor + c.owed_minor,
               due_minor = p.due_minor + c.due_minor,
               awaiting_minor = p.awaiting_minor + c.awaiting_minor,
               given_up_minor = p.given_up_minor + c.given_up_minor,
               refunded_minor = p.refunded_minor + c.refunded_minor,
               changed_at = c.changed_at
           from (${rows.rows}) c (${rows.names})
           where p.event_id = c.event_id and p.reservation_id = c.reservation_id`,
    values: rows.values(changed),
  });
}

/**
 * Merges the changes into one row per reservation: request, capture and decision mostly arrive in
 * one batch.
 */
function coalesce(changes: readonly PaymentChange[]): Row[] {
  const byReservation = new Map<string, Row>();
  for (const change of changes) {
    const key = `${change.eventId}/${change.reservationId}`;
    const row = byReservation.get(key) ?? unchanged(change);
    byReservation.set(key, row);
    applyState(row, change);
    applyAmounts(row, change);
  }
  return [...byReservation.values()];
}

function applyState(row: Row, change: PaymentChange): void {
  const { requested, failure } = change;
  if (requested) {
    row.customer_id = requested.customerId;
    row.provider = requested.provider;
    row.attempt = requested.attempt;
    row.amount_minor = requested.amountMinor;
    row.currency = requested.currency;
    row.requested_at = change.at;
  }
  row.pending = change.pending ?? row.pending;
  if (failure !== undefined) {
    row.failure = failure;
    row.clears_failure = failure === null;
  }
  row.undone ||= change.undone ?? false;
  row.changed_at = change.at;
}

function applyAmounts(row: Row, change: PaymentChange): void {
  row.unsettled_minor += change.unsettled ?? 0;
  row.kept_minor += change.kept ?? 0;
  row.owed_minor += change.owed ?? 0;
  row.due_minor += change.due ?? 0;
  row.awaiting_minor += change.awaiting ?? 0;
  row.given_up_minor += change.givenUp ?? 0;
  row.refunded_minor += change.refunded ?? 0;
}

function unchanged({ eventId, reservationId, at }: PaymentChange): Row {
  return {
    event_id: eventId,
    reservation_id: reservationId,
    customer_id: null,
    provider: null,
    attempt: null,
    amount_minor: null,
    currency: null,
    pending: null,
    failure: null,
    clears_failure: false,
    undone: false,
    unsettled_minor: 0,
    kept_minor: 0,
    owed_minor: 0,
    due_minor: 0,
    awaiting_minor: 0,
    given_up_minor: 0,
    refunded_minor: 0,
    requested_at: null,
    changed_at: at,
  };
}
