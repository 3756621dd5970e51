import type pg from 'pg';

/** A pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Which tables of a read model: the code's version, and which building of it. */
export interface Generation {
  /** Of the read model. */
  readonly name: string;
  readonly version: number;
  /** 1 for the first tables of that version; each rebuild makes the next. */
  readonly generation: number;
}

/** What the names of one generation's tables end in: `v<version>`, from the second on `v<version>_g<generation>`. */
export type TableSet = string;

export const tableSet = ({
  version,
  generation,
}: Pick<Generation, 'version' | 'generation'>): TableSet =>
  generation === 1 ? `v${version}` : `v${version}_g${generation}`;

/**
 * Tables that one projection owns and writes. Raise `version` when the tables or the projection's function change:
 * the new version is then built in tables of its own while the old one serves.
 */
export interface ReadModel<Change> {
  /** Also the name of its projection. */
  readonly name: string;
  readonly version: number;
  /** Names of the views that queries use; the tables behind them are named by `tableName`. */
  readonly tables: readonly string[];
  /** Those of them that depend on how the log came in batches: a rebuild leaves them out where it compares. */
  readonly ephemeralTables?: readonly string[];
  /** DDL of all tables with their primary keys; runs once. */
  createTables(set: TableSet): string;
  /** DDL of all other indices; a rebuild runs it when the tables are full. */
  createIndices?(set: TableSet): string;
  /** Writes the changes of one batch, given in log order, within the caller's transaction. */
  write(transaction: Queryable, set: TableSet, changes: readonly Change[]): Promise<void>;
  /**
   * Statements for tables that are about to be loaded, run each time that loading begins or goes on: they take away the keys that
   * `load` does without.
   */
  beginLoading?(set: TableSet): string;
  /**
   * Statements that make of what `load` has written what `write` would have, keys included, after those of `beginLoading`. Each is a
   * transaction of its own, and a short one: the log in Postgres gives nothing that is written while another one is under way.
   */
  endLoading?(set: TableSet): readonly string[];
  /** As `write`, for tables that nobody reads yet; `write` itself where there is nothing to save. */
  load?(transaction: Queryable, set: TableSet, changes: readonly Change[]): Promise<void>;
  /** Called in the transaction that makes this set the one that queries see. */
  served?(transaction: Queryable, set: TableSet): Promise<void>;
  /**
   * Query for records that the views show and this set, built from another log, does not: rows of `LossRow` without the
   * acceptance. Only for read models that affect people or money.
   */
  losses?(set: TableSet): string;
  /** Called in the transaction that drops this set. */
  dropped?(transaction: Queryable, set: TableSet): Promise<void>;
  /** Throws away what has grown old; called now and then, within the caller's transaction. */
  prune?(transaction: Queryable, set: TableSet): Promise<void>;
}

export const tableName = (view: string, set: TableSet): string => `${view}_${set}`;

const PARTITIONS = 8;

/** Of a table that `partitionedByEvent` has made. */
export const partitionsOf = (table: string): string[] =>
  Array.from({ length: PARTITIONS }, (_, remainder) => `${table}_p${remainder}`);

/** DDL of a table whose rows belong to events: hash-partitioned by event id, so that it can be spread by event. */
export function partitionedByEvent(
  table: string,
  columns: string,
  partitions = PARTITIONS,
): string {
  const partition = (remainder: number) => `
    create table ${table}_p${remainder} partition of ${table}
      for values with (modulus ${partitions}, remainder ${remainder})`;
  return [
    `create table ${table} (${columns}) partition by hash (event_id)`,
    ...Array.from({ length: partitions }, (_, remainder) => partition(remainder)),
  ].join(';');
}

/** Many rows in one statement. */
export interface Bulk<Row> {
  /** The column names, comma-separated. */
  readonly names: string;
  /** A sub-select that yields the rows, typed, from one parameter per column, `$1` first. */
  readonly rows: string;
  values(rows: readonly Row[]): string[];
}

/**
 * One JSON array per column: as fast as `unnest` of arrays, and no value of a row (null, an empty text, a
 * separator) needs an escape of its own. The keys are the column names, the values their SQL types.
 */
export function bulk<Row>(types: { readonly [Column in keyof Row & string]: string }): Bulk<Row> {
  const columns = Object.keys(types) as (keyof Row & string)[];
  const names = columns.join(', ');
  const casts = columns.map((column) => `${column}::${types[column]}`).join(', ');
  // JSON passes through as it stands; as text it would be refused for an escape that only text cannot hold.
  const elements = (type: string) =>
    type === 'json' ? 'json_array_elements' : 'json_array_elements_text';
  const sources = columns
    .map((column, at) => `${elements(types[column])}($${at + 1}::json)`)
    .join(', ');
  return {
    names,
    rows: `select ${casts} from rows from (${sources}) as given (${names})`,
    values: (rows) => columns.map((column) => JSON.stringify(rows.map((row) => row[column]))),
  };
}

/** A Postgres array literal; `json` has no cast to `text[]`. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
