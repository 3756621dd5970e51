/** One record of an imported file. */
export interface FileRecord {
  /** Number of its first line, from 1. */
  readonly line: number;
  /** Bytes of the file that have been read up to here. */
  readonly bytes: number;
  /** The record as read, or the reason why it cannot be read. */
  readonly content:
    | {
        readonly value: unknown;
        /** For CSV: returns the cell of a column, such as `C7`. */
        readonly cellOf?: CellOf;
      }
    | { readonly problem: string };
}

/** Returns undefined for a column that the file does not have. */
export type CellOf = (column: string) => string | undefined;
