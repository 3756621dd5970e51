import type { Generation, Queryable, ReadModel } from './read-model.js';
import { tableName, tableSet } from './read-model.js';

/** Value of a column that is not null and has no default. */
const EMPTY = `case typcategory when 'N' then '0' when 'B' then 'false'
  when 'S' then quote_literal('') else 'null' end`;

/**
 * Columns of the new tables that the view lacks, each with its value until the new tables serve.
 */
const MISSING = `
  select quote_ident(a.attname) as column, format_type(a.atttypid, a.atttypmod) as type,
    coalesce(case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      case when a.attnotnull then ${EMPTY} else 'null' end) as value
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $2::regclass and a.attnum > 0 and not a.attisdropped
    and not exists (
      select from pg_attribute v where v.attrelid = $1::regclass and v.attname = a.attname)
  order by a.attnum`;

/**
 * Lets the queries of this code read the tables of an older version until its own serve. The views
 * show a missing column with its default, else empty. Nodes of the older release are not affected.
 * A column whose meaning changes needs a new name.
 */
export async function addMissingColumns(
  transaction: Queryable,
  { name, version, tables }: Pick<ReadModel<never>, 'name' | 'version' | 'tables'>,
): Promise<void> {
  const set = tableSet({ name, version, generation: 1 } as Generation);
  for (const view of tables) {
    const table = tableName(view, set);
    const { rows: known } = await transaction.query<{ definition: string | null; built: boolean }>(
      `select pg_get_viewdef(to_regclass($1)) as definition, to_regclass($2) is not null as built`,
      [view, table],
    );
    const { definition, built } = known[0]!;
    if (!built) continue;
    if (definition === null) {
      await transaction.query(`create view ${view} as select * from ${table}`);
      continue;
    }
    const { rows: missing } = await transaction.query<{
      column: string;
      type: string;
      value: string;
    }>(MISSING, [view, table]);
    if (missing.length === 0) continue;
    const added = missing
      .map(({ column, type, value }) => `(${value})::${type} as ${column}`)
      .join(', ');
    const shown = definition.replace(/;\s*$/, '');
    await transaction.query(
      `create or replace view ${view} as select shown.*, ${added} from (${shown}) shown`,
    );
  }
}
