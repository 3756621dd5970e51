/** Size of one slice, in bytes. */
const SLICE_BYTES = 65_536;

/**
 * Builds a query for the body of one snapshot in slices, one row each. One row of sixteen megabytes
 * takes three times as long, because `pg` joins the pieces of a long message repeatedly. The column
 * is stored uncompressed, so a slice costs no more than its bytes.
 * @param found selects `revision` and `body` of one row at most
 */
export const inSlices = (found: string): string =>
  `with found as materialized (${found})
   select revision::text, substr(body, at, ${SLICE_BYTES}) as slice
   from found, generate_series(1, greatest(octet_length(body), 1), ${SLICE_BYTES}) at order by at`;

export interface Slice {
  readonly revision: string;
  readonly slice: Buffer;
}

/** Joins the slices. Undefined if there was no row. */
export function whole(slices: readonly Slice[]): { revision: bigint; body: Buffer } | undefined {
  const [first] = slices;
  return (
    first && {
      revision: BigInt(first.revision),
      body: Buffer.concat(slices.map(({ slice }) => slice)),
    }
  );
}
