import { createHmac } from 'node:crypto';
import { FOR_CHECKPOINTS, signingKeys, type TicketKey } from './adapters/tickets/ticket-keys.js';
import type { Config } from './config.js';

/** What the log's checkpoints are signed with. @throws Error when the keys cannot be read */
export const auditKeys = ({ auditSigningKeys, dataDir }: Config): TicketKey[] =>
  signingKeys(FOR_CHECKPOINTS, auditSigningKeys, dataDir);

/** What addresses are hashed with: as secret as the key that it is made of, and the same wherever that is. */
export function addressKeyOf([first]: readonly TicketKey[]): Buffer {
  const secret = first!.privateKey!.export({ format: 'der', type: 'pkcs8' });
  return createHmac('sha256', secret).update('boxoffice addresses').digest();
}
