/**
 * Server settings that the embedded Postgres runs with. `docker-compose.yml` gives the same ones to
 * its Postgres (a test compares them), so that both behave and perform alike.
 */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  // A sale that was acknowledged survives a power cut: these three stay on.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  shared_buffers: '256MB',
  // A sale writes far more than it reads: few, spread-out checkpoints and compressed page images.
  wal_buffers: '16MB',
  wal_compression: 'pglz',
  min_wal_size: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  // Queries are short; compiling them costs more than it saves.
  jit: 'off',
  shared_preload_libraries: '',
  timezone: 'UTC',
  // Clients get the errors of their statements; logging them could fill the disk during a sale.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/**
 * How a cluster is made: UTF-8, code-point order on every machine, letters of all alphabets known.
 */
export const INITDB_ARGUMENTS: readonly string[] = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--auth=scram-sha-256',
];

/**
 * `lc_ctype` tells `pg_trgm` and full-text search what a letter is; plain C, the fallback, knows
 * ASCII only.
 */
export const LC_CTYPES: readonly string[] = ['C.UTF-8', 'C'];
