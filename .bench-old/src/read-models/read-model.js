export const tableSet = ({ version, generation })=>generation === 1 ? `v${version}` : `v${version}_g${generation}`;
export const tableName = (view, set)=>`${view}_${set}`;
/** DDL of a table whose rows belong to events: hash-partitioned by event id, so that it can be spread by event. */ export function partitionedByEvent(table, columns, partitions = 8) {
    const partition = (remainder)=>`
    create table ${table}_p${remainder} partition of ${table}
      for values with (modulus ${partitions}, remainder ${remainder})`;
    return [
        `create table ${table} (${columns}) partition by hash (event_id)`,
        ...Array.from({
            length: partitions
        }, (_, remainder)=>partition(remainder))
    ].join(';');
}
/**
 * One JSON array per column: as fast as `unnest` of arrays, and no value of a row (null, an empty text, a
 * separator) needs an escape of its own. The keys are the column names, the values their SQL types.
 */ export function bulk(types) {
    const columns = Object.keys(types);
    const names = columns.join(', ');
    const casts = columns.map((column)=>`${column}::${types[column]}`).join(', ');
    // JSON passes through as it stands; as text it would be refused for an escape that only text cannot hold.
    const elements = (type)=>type === 'json' ? 'json_array_elements' : 'json_array_elements_text';
    const sources = columns.map((column, at)=>`${elements(types[column])}($${at + 1}::json)`).join(', ');
    return {
        names,
        rows: `select ${casts} from rows from (${sources}) as given (${names})`,
        values: (rows)=>columns.map((column)=>JSON.stringify(rows.map((row)=>row[column])))
    };
}
/** A Postgres array literal; `json` has no cast to `text[]`. */ export function textArray(values) {
    return `{${values.map((value)=>`"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

//# sourceMappingURL=read-model.js.map