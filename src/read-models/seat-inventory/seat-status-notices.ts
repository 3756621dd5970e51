import type { Queryable, TableSet } from '../tables/read-model.js';

/** Postgres channel over which the nodes hear of the seat status. */
export const SEAT_STATUS_CHANNEL = 'seat_status';
/** Bytes of one notification; Postgres refuses 8,000. */
const MAX_NOTIFICATION_BYTES = 7_900;
/** More notifications than this in one batch are sent as one `*`. */
const MAX_NOTIFICATIONS = 8;

const ALL = '*';
const SERVES = 'serves';

/**
 * `<set> <eventId>:<revision>,…`, or `<set> *` for too many to name, or `<set> serves`. The set tells which tables have
 * moved: those that are being built are seen by nobody.
 */
export interface SeatStatusNotice {
  readonly set: TableSet;
  readonly moved:
    readonly { readonly eventId: string; readonly revision: number }[] | typeof ALL | typeof SERVES;
}

/** Heard by whoever listens once the caller's transaction is committed. */
export async function notifyOfRevisions(
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

/** From the commit of the caller's transaction on, queries see the tables of this set. */
export const notifyOfSwitch = (transaction: Queryable, set: TableSet): Promise<void> =>
  notify(transaction, [`${set} ${SERVES}`]);

async function notify(transaction: Queryable, payloads: readonly string[]): Promise<void> {
  await transaction.query({
    name: 'notify-seat-status',
    text: `select pg_notify('${SEAT_STATUS_CHANNEL}', payload) from unnest($1::text[]) payload`,
    values: [payloads],
  });
}

/** Undefined for what no code that is known here has sent. */
export function readNotice(payload: string): SeatStatusNotice | undefined {
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
