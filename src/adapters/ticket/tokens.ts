import { token } from '../../ports/shared/token.js';
import type { TicketKey } from './ticket-keys.js';

/** Sign tickets; queue numbers and passes are signed with keys derived from them. */
export const TICKET_KEYS = token<readonly TicketKey[]>('TicketKeys');
/** Sign the heads of the log. */
export const AUDIT_KEYS = token<readonly TicketKey[]>('AuditKeys');
