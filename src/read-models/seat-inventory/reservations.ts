import type { Money } from '../../domain/shared/money.js';
import type { UndoneReason } from '../../domain/seat-inventory/events.js';
import type { ReservationStatus } from '../../domain/seat-inventory/state/reservation.js';
import {
  bulk,
  partitionedByEvent,
  tableName,
  textArray,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/** Change of one reservation by one domain event. Times are ISO 8601. */
export type ReservationChange = {
  readonly eventId: string;
  readonly reservationId: string;
  readonly revision: number;
} & (
  | {
      readonly kind: 'reserved';
      readonly customerId: string;
      readonly seatIds: readonly string[];
      readonly total: Money;
      readonly reservedAt: string;
      readonly expiresAt: string;
    }
  | {
      readonly kind: 'changed';
      readonly status?: ReservationStatus;
      readonly expiresAt?: string;
      readonly paymentReference?: string;
      readonly refundReason?: UndoneReason;
      /** Set by an exchange, together with `total`. */
      readonly seatIds?: readonly string[];
      readonly total?: Money;
    }
);

/** One customer's seats of one event, as last projected. */
export interface ReservationView {
  readonly eventId: string;
  readonly reservationId: string;
  readonly customerId: string;
  readonly status: ReservationStatus;
  readonly seatIds: readonly string[];
  readonly total: Money;
  /** ISO 8601. */
  readonly reservedAt: string;
  /** ISO 8601. The hold ends only when the log says so. */
  readonly expiresAt: string;
  readonly paymentReference: string | null;
  /** Revision of the last domain event that changed the reservation, in the inventory's stream. */
  readonly revision: number;
}

export type ConfirmedReservationView = ReservationView & { readonly status: 'confirmed' };

export const isConfirmedView = (view: ReservationView): view is ConfirmedReservationView =>
  view.status === 'confirmed';

/** Maximum of a customer's reservations in a list. */
export const MAX_RESERVATIONS_LISTED = 200;

export const reservations: ReadModel<ReservationChange> = {
  name: 'reservations',
  version: 2,
  tables: ['reservations'],
  createTables,
  createIndices: (set) => {
    const table = tableName('reservations', set);
    return `
      create index on ${table} (expires_at) where status = 'held';
      create index on ${table} (customer_id, reserved_at desc)`;
  },
  write,
  losses,
};

/** Holds that ended without a sale are not a loss. */
function losses(set: TableSet): string {
  const state = (row: string) =>
    `jsonb_build_object('status', ${row}.status, 'seatIds', ${row}.seat_ids,
       'amountMinor', ${row}.total_minor, 'currency', ${row}.currency)`;
  return `
    select 'reservation', old.event_id, old.reservation_id, old.customer_id, ${state('old')},
      case when new.event_id is not null then ${state('new')} end
    from reservations old
    left join ${tableName('reservations', set)} new using (event_id, reservation_id)
    where (new.event_id is not null or old.status not in ('expired', 'released'))
      and (old.status, old.seat_ids, old.total_minor, old.currency)
        is distinct from (new.status, new.seat_ids, new.total_minor, new.currency)`;
}

function createTables(set: TableSet): string {
  const table = tableName('reservations', set);
  const columns = `event_id text collate "C" not null,
     reservation_id text collate "C" not null,
     customer_id text collate "C" not null,
     status text not null
       check (status in ('held', 'confirmed', 'expired', 'released', 'refunded')),
     seat_ids text[] not null,
     total_minor bigint not null,
     currency text not null,
     reserved_at timestamptz not null,
     expires_at timestamptz not null,
     payment_reference text,
     refund_reason text,
     revision bigint not null,
     primary key (event_id, reservation_id)`;
  return partitionedByEvent(table, columns);
}

interface NewRow {
  event_id: string;
  reservation_id: string;
  customer_id: string;
  status: ReservationStatus;
  seat_ids: string;
  total_minor: number;
  currency: string;
  reserved_at: string;
  expires_at: string;
  payment_reference: string | null;
  refund_reason: UndoneReason | null;
  revision: number;
}

/** Null leaves the column as it is. */
type ChangedRow = Pick<NewRow, 'event_id' | 'reservation_id' | 'revision'> & {
  [
    Column in
      'status' | 'expires_at' | 'payment_reference' | 'refund_reason' | 'seat_ids' | 'total_minor'
  ]: NewRow[Column] | null;
};

const newRows = bulk<NewRow>({
  event_id: 'text',
  reservation_id: 'text',
  customer_id: 'text',
  status: 'text',
  seat_ids: 'text[]',
  total_minor: 'bigint',
  currency: 'text',
  reserved_at: 'timestamptz',
  expires_at: 'timestamptz',
  payment_reference: 'text',
  refund_reason: 'text',
  revision: 'bigint',
});
const changedRows = bulk<ChangedRow>({
  event_id: 'text',
  reservation_id: 'text',
  status: 'text',
  expires_at: 'timestamptz',
  payment_reference: 'text',
  refund_reason: 'text',
  seat_ids: 'text[]',
  total_minor: 'bigint',
  revision: 'bigint',
});

async function write(
  transaction: Queryable,
  set: TableSet,
  changes: readonly ReservationChange[],
): Promise<void> {
  const table = tableName('reservations', set);
  const { added, changed } = coalesce(changes);
  if (added.length > 0) {
    await transaction.query({
      name: `insert-reservations-${set}`,
      text: `insert into ${table} (${newRows.names}) ${newRows.rows}`,
      values: newRows.values(added),
    });
  }
  if (changed.length === 0) return;
  const { rowCount } = await transaction.query({
    name: `update-reservations-${set}`,
    text: `update ${table} r
           set status = coalesce(c.status, r.status),
               expires_at = coalesce(c.expires_at, r.expires_at),
               payment_reference = coalesce(c.payment_reference, r.payment_reference),
               refund_reason = coalesce(c.refund_reason, r.refund_reason),
               seat_ids = coalesce(c.seat_ids, r.seat_ids),
               total_minor = coalesce(c.total_minor, r.total_minor),
               revision = c.revision
           from (${changedRows.rows}) c (${changedRows.names})
           where r.event_id = c.event_id and r.reservation_id = c.reservation_id`,
    values: changedRows.values(changed),
  });
  if (rowCount !== changed.length) {
    throw new Error(`One of ${changed.length} changed reservations was never made.`);
  }
}

/**
 * Merges the changes into one row per reservation: a hold paid in the same batch is written once,
 * as confirmed.
 */
function coalesce(changes: readonly ReservationChange[]): {
  added: NewRow[];
  changed: ChangedRow[];
} {
  const added = new Map<string, NewRow>();
  const changed = new Map<string, ChangedRow>();
  for (const change of changes) {
    const key = `${change.eventId}/${change.reservationId}`;
    if (change.kind === 'reserved') {
      added.set(key, newRow(change));
      continue;
    }
    const row = added.get(key) ?? changed.get(key) ?? unchangedRow(change);
    applyChange(row, change);
    if (!added.has(key)) changed.set(key, row as ChangedRow);
  }
  return { added: [...added.values()], changed: [...changed.values()] };
}

function applyChange(
  row: NewRow | ChangedRow,
  change: Extract<ReservationChange, { kind: 'changed' }>,
): void {
  row.revision = change.revision;
  row.status = change.status ?? row.status;
  row.expires_at = change.expiresAt ?? row.expires_at;
  row.payment_reference = change.paymentReference ?? row.payment_reference;
  row.refund_reason = change.refundReason ?? row.refund_reason;
  if (change.seatIds) row.seat_ids = textArray(change.seatIds);
  row.total_minor = change.total?.amountMinor ?? row.total_minor;
}

function newRow(change: Extract<ReservationChange, { kind: 'reserved' }>): NewRow {
  return {
    event_id: change.eventId,
    reservation_id: change.reservationId,
    customer_id: change.customerId,
    status: 'held',
    seat_ids: textArray(change.seatIds),
    total_minor: change.total.amountMinor,
    currency: change.total.currency,
    reserved_at: change.reservedAt,
    expires_at: change.expiresAt,
    payment_reference: null,
    refund_reason: null,
    revision: change.revision,
  };
}

function unchangedRow({ eventId, reservationId, revision }: ReservationChange): ChangedRow {
  return {
    event_id: eventId,
    reservation_id: reservationId,
    status: null,
    expires_at: null,
    payment_reference: null,
    refund_reason: null,
    seat_ids: null,
    total_minor: null,
    revision,
  };
}
