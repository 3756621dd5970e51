import type { Queryable, TableSet } from '../tables/read-model.js';

/** Postgres channel for changes of the seat status. */
export const SEAT_STATUS_CHANNEL = 'seat_status';
/** Maximum bytes of one notification; Postgres rejects 8,000. */
const MAX_NOTIFICATION_BYTES = 7_900;
/** A batch with more notifications than this sends a single `*`. */
const MAX_NOTIFICATIONS = 8;

const ALL = '*';
const SERVES = 'serves';

/**
 * Payload: `<set> <eventId>:<revision>,…`, or `<set> *` for too many to list, or `<set> serves`.
 * The set names the tables that have changed: listeners ignore tables that are still being built.
 */
export interface SeatStatusNotification {
  readonly set: TableSet;
  readonly moved:
    readonly { readonly eventId: string; readonly revision: number }[] | typeof ALL | typeof SERVES;
}

/** Notifies listeners of new revisions when the caller's transaction commits. */
export async function notifyRevisions(
  transaction: Queryable,
  set: TableSet,
  inventories: readonly { readonly eventId: string; readonly revision: number }[],
): Promise<void> {
  const payloads: string[] = [];
  for (const { eventId, revision } of inventories) {
    const entry = `${eventId}:${revision}`;
    const last = payloads.at(-1);
    const extended = `${last},${entry}`;
    if (last === undefined || Buffer.byteLength(extended) > MAX_NOTIFICATION_BYTES)
      payloads.push(`${set} ${entry}`);
    else payloads[payloads.length - 1] = extended;
  }
  await notify(transaction, payloads.length > MAX_NOTIFICATIONS ? [`${set} ${ALL}`] : payloads);
}

/**
 * Notifies listeners, when the caller's transaction commits, that queries now see the tables of
 * this set.
 */
export const notifySwitch = (transaction: Queryable, set: TableSet): Promise<void> =>
  notify(transaction, [`${set} ${SERVES}`]);

async function notify(transaction: Queryable, payloads: readonly string[]): Promise<void> {
  await transaction.query({
    name: 'notify-seat-status',
    text: `select pg_notify('${SEAT_STATUS_CHANNEL}', payload) from unnest($1::text[]) payload`,
    values: [payloads],
  });
}

/** Returns undefined for a payload in an unknown format. */
export function parseNotification(payload: string): SeatStatusNotification | undefined {
  const [, set, what] = /^(v\d+(?:_g\d+)?) (.+)$/.exec(payload) ?? [];
  if (set === undefined || what === undefined) return undefined;
  if (what === ALL || what === SERVES) return { set, moved: what };
  const moved = what.split(',').map((entry) => {
    const at = entry.lastIndexOf(':');
    return { eventId: entry.slice(0, at), revision: Number(entry.slice(at + 1)) };
  });
  const isComplete = moved.every(
    ({ eventId, revision }) => eventId !== '' && Number.isSafeInteger(revision),
  );
  return isComplete ? { set, moved } : undefined;
}
