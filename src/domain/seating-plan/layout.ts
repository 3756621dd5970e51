/**
 * A seating plan in the form that the sale uses: seats are numbers in plan order (zone by zone, row
 * by row), and decisions only look up array entries. Immutable and shared by all events of the
 * venue.
 */
export interface SeatLayout {
  /** SHA-256 of the canonical plan, hex. */
  readonly hash: string;
  readonly name: string;
  readonly seatCount: number;
  /** Seat id (`seat_guid`) of each seat, in plan order. */
  readonly seatIds: readonly string[];
  /**
   * Index of a seat by its id in Unicode NFC. Ids that an older plan stored in another form are
   * found too.
   */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly categoryOf: Uint16Array;
  /** Zone names; `sectionOf[seat]` is an index into them. */
  readonly sections: readonly string[];
  readonly sectionOf: Uint16Array;
  /**
   * Row labels; `rowOf[seat]` is an index into them. A label may repeat: a row belongs to one zone.
   */
  readonly rows: readonly string[];
  /**
   * Templates for each row and its seats, with `%s` for the number; undefined: "row" and "seat".
   */
  readonly rowLabels: readonly (string | undefined)[];
  readonly seatLabels: readonly (string | undefined)[];
  readonly rowOf: Uint32Array;
  readonly numbers: readonly string[];
  /** Position in plan units: zone + row + seat. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Distance of each seat to the focal point (stage, court, pitch), in plan units. */
  readonly focalDistance: Float32Array;
  /**
   * A run is a part of one row without an aisle: its neighbors sit side by side. Run `r` is the
   * seats `runStart[r]` up to but not including `runStart[r + 1]`; `runStart` has one entry more
   * than there are runs.
   */
  readonly runStart: Uint32Array;
  readonly runOf: Uint32Array;
}
