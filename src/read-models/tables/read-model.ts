import type pg from 'pg';

/** A pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** One set of tables of a read model. */
export interface Generation {
  /** Name of the read model. */
  readonly name: string;
  readonly version: number;
  /** 1 for the first tables of that version; each rebuild creates the next. */
  readonly generation: number;
}

/**
 * Suffix of one generation's table names: `v<version>`, from the second on
 * `v<version>_g<generation>`.
 */
export type TableSet = string;

export const tableSet = ({
  version,
  generation,
}: Pick<Generation, 'version' | 'generation'>): TableSet =>
  generation === 1 ? `v${version}` : `v${version}_g${generation}`;

/**
 * Tables that one projection writes. Raise `version` when the tables or the projection's function
 * change: the new version is then built in tables of its own while the old one serves.
 */
export interface ReadModel<Change> {
  /** Also the name of its projection. */
  readonly name: string;
  readonly version: number;
  /** Names of the views that queries use. `tableName` returns the name of the table of each. */
  readonly tables: readonly string[];
  /**
   * Tables whose rows depend on the batches in which the log arrived: a rebuild does not compare
   * them.
   */
  readonly ephemeralTables?: readonly string[];
  /** DDL of all tables with their primary keys; runs once. */
  createTables(set: TableSet): string;
  /** DDL of all other indices; a rebuild runs it after loading. */
  createIndices?(set: TableSet): string;
  /** Writes the changes of one batch, given in log order, within the caller's transaction. */
  write(transaction: Queryable, set: TableSet, changes: readonly Change[]): Promise<void>;
  /**
   * Statements that drop the keys which `load` does without. They run each time that loading starts
   * or continues.
   */
  beginLoading?(set: TableSet): string;
  /**
   * Statements that turn the rows written by `load` into those that `write` would have written,
   * keys included. They run after those of `beginLoading`. Each runs in a transaction of its own
   * and must be short: while a transaction is open, the event store in Postgres withholds the
   * domain events that are appended after its start.
   */
  endLoading?(set: TableSet): readonly string[];
  /** Faster `write` for tables that no query reads yet. Without it, loading uses `write`. */
  load?(transaction: Queryable, set: TableSet, changes: readonly Change[]): Promise<void>;
  /** Called in the transaction after which queries see this set. */
  served?(transaction: Queryable, set: TableSet): Promise<void>;
  /**
   * Query for the records that the views show and this set, built from another log, does not. Its
   * columns are those of `log_losses` without the acceptance. Only for read models that affect
   * people or money.
   */
  losses?(set: TableSet): string;
  /** Called in the transaction that drops this set. */
  dropped?(transaction: Queryable, set: TableSet): Promise<void>;
  /** Deletes old rows in the caller's transaction; called regularly. */
  prune?(transaction: Queryable, set: TableSet): Promise<void>;
}

export const tableName = (view: string, set: TableSet): string => `${view}_${set}`;

const PARTITIONS = 8;

/** Returns the partitions of a table that was created with `partitionedByEvent`. */
export const partitionsOf = (table: string): string[] =>
  Array.from({ length: PARTITIONS }, (_, remainder) => `${table}_p${remainder}`);

/**
 * Returns the DDL of a table that is hash-partitioned by event id, so that it can be sharded by
 * event.
 */
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

/** Writes many rows in one statement. */
export interface Bulk<Row> {
  /** Column names, comma-separated. */
  readonly names: string;
  /** Subselect of the typed rows, from one parameter per column, starting with `$1`. */
  readonly rows: string;
  values(rows: readonly Row[]): string[];
}

/**
 * Passes one JSON array per column: as fast as `unnest` of arrays, and no value (null, an empty
 * text, a separator) needs an escape of its own.
 * @param types SQL types by column name
 */
export function bulk<Row>(types: { readonly [Column in keyof Row & string]: string }): Bulk<Row> {
  const columns = Object.keys(types) as (keyof Row & string)[];
  const names = columns.join(', ');
  const casts = columns.map((column) => `${column}::${types[column]}`).join(', ');
  // JSON is passed unchanged: converted to text, an escape such as \u0000 would be rejected.
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

/** Returns a Postgres array literal: `json` has no cast to `text[]`. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
