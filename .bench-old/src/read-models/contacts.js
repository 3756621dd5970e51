/** Characters of an address: what SMTP carries. */ export const MAX_EMAIL_LENGTH = 254;
/** One address and nothing around it; whether there is anybody behind it shows when it is written to. */ export const EMAIL = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u;
export const isEmailAddress = (value)=>typeof value === 'string' && value.length <= MAX_EMAIL_LENGTH && EMAIL.test(value);
export function openContacts(db) {
    return {
        remember: async (customerId, email)=>{
            await db.query({
                name: 'contacts/remember',
                text: `insert into contacts (customer_id, email) values ($1, $2)
               on conflict (customer_id) do update set email = excluded.email, updated_at = clock_timestamp()
               where contacts.email <> excluded.email`,
                values: [
                    customerId,
                    email
                ]
            });
        },
        emailOf: async (customerId)=>{
            const { rows } = await db.query({
                name: 'contacts/email-of',
                text: 'select email from contacts where customer_id = $1',
                values: [
                    customerId
                ]
            });
            return rows[0]?.email;
        }
    };
}

//# sourceMappingURL=contacts.js.map