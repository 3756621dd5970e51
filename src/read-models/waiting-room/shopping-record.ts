import type { ShoppingRecord } from '../../ports/waiting-room/shopping-record.js';
import type { Queryable } from '../tables/read-model.js';

export function shoppingRecord(db: Queryable): ShoppingRecord {
  return {
    ended: async (eventId, reservationIds) => {
      const { rows } = await db.query<{ reservation_id: string }>({
        name: 'shopping-record/ended',
        text: `select reservation_id from reservations
               where event_id = $1 and reservation_id = any ($2::text[]) and status <> 'held'`,
        values: [eventId, reservationIds],
      });
      return rows.map((row) => row.reservation_id);
    },
    hasShopped: async (eventId, customerId, since) => {
      const { rows } = await db.query({
        name: 'shopping-record/has-shopped',
        text: `select from reservations
               where customer_id = $1 and event_id = $2 and status <> 'held' and reserved_at > $3
               limit 1`,
        values: [customerId, eventId, new Date(since)],
      });
      return rows.length > 0;
    },
  };
}
