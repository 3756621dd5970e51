import type {
  Comparison,
  DifferingKey,
  TableComparison,
} from '../../ports/projection/projection-operations.js';
import {
  tableName,
  tableSet,
  type Generation,
  type Queryable,
  type ReadModel,
} from './read-model.js';

/** Maximum of differing keys per table in a report. */
const MAX_DIFFERING = 20;

/**
 * Compares two generations of a read model row by row. Needs one snapshot: both are written
 * meanwhile.
 */
export async function compareGenerations(
  snapshot: Queryable,
  { tables, ephemeralTables = [] }: Pick<ReadModel<never>, 'tables' | 'ephemeralTables'>,
  old: Generation,
  built: Generation,
): Promise<Comparison> {
  const compared: TableComparison[] = [];
  for (const view of tables) {
    if (ephemeralTables.includes(view)) continue;
    const [before, after] = [tableName(view, tableSet(old)), tableName(view, tableSet(built))];
    const oldDigest = await digestOf(snapshot, before);
    const newDigest = await digestOf(snapshot, after);
    const isSame = oldDigest.rows === newDigest.rows && oldDigest.hash === newDigest.hash;
    compared.push({
      table: view,
      oldRows: oldDigest.rows,
      newRows: newDigest.rows,
      oldHash: oldDigest.hash,
      newHash: newDigest.hash,
      differing: isSame ? [] : await differing(snapshot, before, after),
    });
  }
  const equal = compared.every(
    (table) => table.oldRows === table.newRows && table.oldHash === table.newHash,
  );
  return { equal, tables: compared };
}

/** The hash is a sum, so it does not depend on the order of the rows. */
async function digestOf(db: Queryable, table: string): Promise<{ rows: number; hash: string }> {
  const { rows } = await db.query<{ rows: number; hash: string }>(
    `select count(*)::float8 as rows,
       coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as hash
     from ${table} t`,
  );
  return rows[0]!;
}

async function differing(db: Queryable, before: string, after: string): Promise<DifferingKey[]> {
  const key = await primaryKey(db, before);
  const joined = key.map((column) => `old.${column} = new.${column}`).join(' and ');
  const values = key.map(
    (column) =>
      `json_build_object('column', '${column}',
         'value', coalesce(old.${column}::text, new.${column}::text))`,
  );
  const order = key.map((column) => `coalesce(old.${column}, new.${column})`).join(', ');
  const { rows } = await db.query<DifferingKey>(
    `select json_build_array(${values.join(', ')}) as key,
       case when new.${key[0]} is null then 'old'
            when old.${key[0]} is null then 'new' else 'both' end as in
     from ${before} old full join ${after} new on ${joined}
     where old::text is distinct from new::text
     order by ${order} limit ${MAX_DIFFERING}`,
  );
  return rows;
}

async function primaryKey(db: Queryable, table: string): Promise<string[]> {
  const { rows } = await db.query<{ column: string }>(
    `select quote_ident(a.attname) as column
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary
     order by array_position(i.indkey::int2[], a.attnum)`,
    [table],
  );
  return rows.map(({ column }) => column);
}
