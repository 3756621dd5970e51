import type { Queryable } from '../tables/read-model.js';

/** Maximum characters of an address in SMTP. */
export const MAX_EMAIL_LENGTH = 254;

/** Mail addresses of customers. Personal data: stored only in this table, never in the log. */
export interface Contacts {
  remember(customerId: string, email: string): Promise<void>;
  emailOf(customerId: string): Promise<string | undefined>;
}

export function openContacts(db: Queryable): Contacts {
  return {
    remember: async (customerId, email) => {
      await db.query({
        name: 'contacts/remember',
        text: `insert into contacts (customer_id, email) values ($1, $2)
               on conflict (customer_id) do update
               set email = excluded.email, updated_at = clock_timestamp()
               where contacts.email <> excluded.email`,
        values: [customerId, email],
      });
    },
    emailOf: async (customerId) => {
      const { rows } = await db.query<{ email: string }>({
        name: 'contacts/email-of',
        text: 'select email from contacts where customer_id = $1',
        values: [customerId],
      });
      return rows[0]?.email;
    },
  };
}
