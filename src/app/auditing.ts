import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { openPostgresHistorySnapshots } from '../adapters/seat-inventory/postgres-history-snapshots.js';
import { postgresStoredLog } from '../adapters/event-store/stored-log/postgres.js';
import { subscribedStoredLog } from '../adapters/event-store/stored-log/subscribed.js';
import { systemClock } from '../adapters/system/clock.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import {
  FOR_CHECKPOINTS,
  signingKeys,
  ticketKeys,
  type TicketKey,
} from '../adapters/ticket/ticket-keys.js';
import { openCheckpoints, type Checkpoints } from '../audit/signed-heads.js';
import { openHistory } from '../audit/history.js';
import { openRefusedAttempts, type RefusedAttempts } from '../audit/refused-attempts.js';
import { openTimeTravel, type TimeTravelParts } from '../audit/time-travel.js';
import type { SeatingPlans } from '../commands/seating-plan/seating-plans.js';
import type { Config } from '../config/config.js';
import { haveKeyInCommon } from '../config/secrets.js';
import * as httpTokens from '../http/platform/tokens.js';
import type { EventStore } from '../ports/event-store/event-store.js';
import { startCheckpointing, startLadder } from '../processes/audit/log-keeping.js';
import type { AdvisoryLocks } from '../read-models/tables/advisory-lock.js';

/** What keeps the past, and shows it to auditors. */
export interface Auditing {
  readonly refused: RefusedAttempts;
  readonly checkpoints: Checkpoints;
  readonly travel: TimeTravelParts;
  /** Secret. What addresses are hashed with. */
  readonly addressKey: Buffer;
  /** What the routes of auditors ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

export interface AuditingParts {
  readonly pool: pg.Pool;
  readonly turns: AdvisoryLocks;
  /** As commands and projections read it. */
  readonly eventStore: EventStore;
  /** As it is stored. */
  readonly stored: EventStore;
  readonly plans: SeatingPlans;
  /** Between two scans of what signs the log; a second unless told. Milliseconds. */
  readonly scanMs?: number;
  readonly log: (message: string) => void;
}

/** What the log's checkpoints are signed with. @throws Error when the keys cannot be read */
export const auditKeys = ({ auditSigningKeys, dataDir }: Config): TicketKey[] =>
  signingKeys(FOR_CHECKPOINTS, auditSigningKeys, dataDir);

/** @throws Error when a key signs both tickets and checkpoints, or a set cannot be read */
export function refuseSharedKeys(config: Config): void {
  const tickets = ticketKeys(config.ticketSigningKeys, config.dataDir);
  const [ofTickets, ofAudit] = [tickets, auditKeys(config)].map((keys) => keys.map(({ x }) => x));
  if (!haveKeyInCommon(ofTickets!, ofAudit!)) return;
  throw new Error(
    'TICKET_SIGNING_KEYS and AUDIT_SIGNING_KEYS name files with a key in common: give each keys of its own.',
  );
}

/** @throws Error when the keys that sign checkpoints cannot be read */
export function openAuditing(config: Config, parts: AuditingParts): Auditing {
  const { pool, turns, eventStore, stored, plans, scanMs, log } = parts;
  const keys = auditKeys(config);
  const storedLog = config.eventStoreUrl ? subscribedStoredLog(stored) : postgresStoredLog(pool);
  const checkpoints = openCheckpoints({ pool, log: storedLog, keys });
  const refused = openRefusedAttempts({ pool, clock: systemClock, log });
  const travel = { eventStore, plans, rungs: openPostgresHistorySnapshots(pool), log };
  const scanning = (name: string) => ({
    inTurn: (work: () => Promise<void>) => turns.withAdvisoryLock(name, work),
    ...{ clock: systemClock, randomness: systemRandomness, log },
  });
  const checkpointing = startCheckpointing({
    ...scanning('audit-checkpoints'),
    checkpoints,
    scanMs,
    everyMs: config.auditCheckpointSeconds * 1_000,
  });
  const ladder = startLadder({ ...scanning('history-snapshots'), travel });
  return {
    ...{ refused, checkpoints, travel },
    addressKey: addressKeyOf(keys),
    bindings: [
      [httpTokens.HISTORY, openHistory(eventStore)],
      [httpTokens.TIME_TRAVEL, openTimeTravel(travel)],
      [httpTokens.REFUSED_ATTEMPTS, refused],
      [httpTokens.CHECKPOINTS, checkpoints],
    ],
    close: async () =>
      void (await Promise.all([checkpointing.stop(), ladder.stop(), refused.close()])),
  };
}

/** As secret as the key that it is made of, and the same wherever that is. */
function addressKeyOf([first]: readonly TicketKey[]): Buffer {
  const secret = first!.privateKey!.export({ format: 'der', type: 'pkcs8' });
  return createHmac('sha256', secret).update('boxoffice addresses').digest();
}
