import { createHmac } from 'node:crypto';
import { Module } from '@nestjs/common';
import { POOL } from '../adapters/postgres/tokens.js';
import { SnapshotsModule } from '../adapters/seat-inventory/snapshots.module.js';
import { SigningKeysModule } from '../adapters/ticket/signing-keys.module.js';
import type { TicketKey } from '../adapters/ticket/ticket-keys.js';
import { AUDIT_KEYS } from '../adapters/ticket/tokens.js';
import { openHistory } from '../audit/history.js';
import { openRefusedAttempts } from '../audit/refused-attempts.js';
import { openSignedHeads } from '../audit/signed-heads.js';
import { openTimeTravel, type TimeTravelParts } from '../audit/time-travel.js';
import {
  ADDRESS_KEY,
  SIGNED_HEADS,
  HISTORY,
  REFUSED_ATTEMPTS,
  TIME_TRAVEL,
} from '../audit/tokens.js';
import { SEATING_PLANS } from '../commands/shared/tokens.js';
import { CONFIG } from '../config/token.js';
import { provide } from '../ports/shared/provide.js';
import { token } from '../ports/shared/token.js';
import {
  CLOCK,
  EVENT_STORE,
  HISTORY_SNAPSHOTS,
  LOG,
  RANDOMNESS,
  STORED_LOG,
} from '../ports/shared/tokens.js';
import { startSigning, startHistorySnapshots } from '../processes/audit/log-keeping.js';
import { background } from '../processes/shared/background.js';
import { PROCESS_WAITS } from '../processes/shared/tokens.js';
import { ADVISORY_LOCKS } from '../read-models/shared/tokens.js';
import { InventoryWriterModule } from './inventory-writer.module.js';

const TIME_TRAVEL_PARTS = token<TimeTravelParts>('TimeTravelParts');

const checkpointing = background('Checkpointing', {
  inject: [SIGNED_HEADS, ADVISORY_LOCKS, PROCESS_WAITS, CONFIG, CLOCK, RANDOMNESS, LOG],
  start: (signedHeads, locks, { scanMs }, config, clock, randomness, { warn }) =>
    startSigning({
      signedHeads,
      withLock: (work) => locks.withAdvisoryLock('audit-checkpoints', work),
      everyMs: config.auditCheckpointSeconds * 1_000,
      scanMs,
      clock,
      randomness,
      warn,
    }),
});

const historySnapshots = background('HistorySnapshots', {
  inject: [TIME_TRAVEL_PARTS, ADVISORY_LOCKS, CLOCK, RANDOMNESS, LOG],
  start: (travel, locks, clock, randomness, { warn }) =>
    startHistorySnapshots({
      travel,
      withLock: (work) => locks.withAdvisoryLock('history-snapshots', work),
      clock,
      randomness,
      warn,
    }),
});

/** Signs the log, keeps rejected requests, and shows the past to auditors. */
@Module({
  imports: [InventoryWriterModule, SnapshotsModule, SigningKeysModule],
  providers: [
    provide(SIGNED_HEADS, {
      inject: [POOL, STORED_LOG, AUDIT_KEYS],
      useFactory: (pool, log, keys) => openSignedHeads({ pool, log, keys }),
    }),
    provide(REFUSED_ATTEMPTS, {
      inject: [POOL, CLOCK, LOG],
      useFactory: (pool, clock, { warn }) => openRefusedAttempts({ pool, clock, warn }),
      onApplicationShutdown: (refused) => refused.close(),
    }),
    provide(TIME_TRAVEL_PARTS, {
      inject: [EVENT_STORE, SEATING_PLANS, HISTORY_SNAPSHOTS, LOG],
      useFactory: (eventStore, plans, snapshots, { warn }) => ({
        eventStore,
        plans,
        snapshots,
        warn,
      }),
    }),
    provide(TIME_TRAVEL, { inject: [TIME_TRAVEL_PARTS], useFactory: openTimeTravel }),
    provide(HISTORY, { inject: [EVENT_STORE], useFactory: openHistory }),
    provide(ADDRESS_KEY, { inject: [AUDIT_KEYS], useFactory: addressKeyOf }),
    checkpointing,
    historySnapshots,
  ],
  exports: [SIGNED_HEADS, REFUSED_ATTEMPTS, TIME_TRAVEL, HISTORY, ADDRESS_KEY],
})
export class AuditModule {}

/** As secret as the key that it is derived from, and the same on every node that has that key. */
function addressKeyOf([first]: readonly TicketKey[]): Buffer {
  const secret = first!.privateKey!.export({ format: 'der', type: 'pkcs8' });
  return createHmac('sha256', secret).update('boxoffice addresses').digest();
}
