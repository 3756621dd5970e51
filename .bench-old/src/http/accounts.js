/** Roles that a token may name; others are ignored. */ export const ROLES = [
    'customer',
    'organizer',
    'operator',
    'auditor'
];
export const MAX_ACCOUNT_ID_LENGTH = 128;
export const ACCOUNT_ID = new RegExp(`^[\\x21-\\x7e]{1,${MAX_ACCOUNT_ID_LENGTH}}$`);
export const isRole = (value)=>ROLES.includes(value);
/** The account in the role that lets it make this call. */ export function actorOf(account, allowed) {
    return {
        id: account.id,
        role: allowed.find((role)=>account.roles.includes(role))
    };
}
/** Who sets up venues and events and steers a sale. */ export const ORGANIZING = [
    'organizer',
    'operator'
];
export const CUSTOMER = [
    'customer'
];

//# sourceMappingURL=accounts.js.map