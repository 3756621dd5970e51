import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { HISTORY_SNAPSHOTS, SNAPSHOTS } from '../../ports/shared/tokens.js';
import { POOL } from '../postgres/tokens.js';
import { openPostgresHistorySnapshots } from './postgres-history-snapshots.js';
import { openPostgresSnapshots } from './postgres-snapshots.js';

/** Snapshots of inventories, in Postgres. */
@Module({
  providers: [
    provide(SNAPSHOTS, { inject: [POOL], useFactory: (pool) => openPostgresSnapshots(pool) }),
    provide(HISTORY_SNAPSHOTS, {
      inject: [POOL],
      useFactory: (pool) => openPostgresHistorySnapshots(pool),
    }),
  ],
  exports: [SNAPSHOTS, HISTORY_SNAPSHOTS],
})
export class SnapshotsModule {}
