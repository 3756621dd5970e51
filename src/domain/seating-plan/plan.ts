/**
 * A seating plan in canonical form: positions are absolute (zone + row + seat), seats of a row are
 * in the order in which people sit, and fields that neither the sale nor the drawing uses are
 * removed.
 */
export interface SeatingPlan {
  readonly name: string;
  /** Extent of the drawing, in plan units. */
  readonly size: { readonly width: number; readonly height: number };
  /** Center of the stage or pitch, if the plan defines it. */
  readonly focalPoint?: PlanPoint;
  readonly categories: readonly PlanCategory[];
  /** In the order of the source. Plan order is zone by zone, row by row, seat by seat. */
  readonly zones: readonly PlanZone[];
}

/** In plan units; x to the right, y downwards. */
export interface PlanPoint {
  readonly x: number;
  readonly y: number;
}

export interface PlanCategory {
  readonly name: string;
  /** A CSS color that is safe in a style. */
  readonly color: string;
}

export interface PlanZone {
  readonly name: string;
  readonly rows: readonly PlanRow[];
  readonly areas: readonly PlanArea[];
}

export interface PlanRow {
  readonly label: string;
  /** Text for the row, such as `Table %s`, where `%s` stands for `label`. */
  readonly rowLabel?: string;
  /** Text for its seats, such as `Chair %s`, where `%s` stands for the seat number. */
  readonly seatLabel?: string;
  /** At least one. */
  readonly seats: readonly PlanSeat[];
}

export interface PlanSeat extends PlanPoint {
  /** The plan's `seat_guid`. */
  readonly id: string;
  readonly number: string;
  /** Index into the plan's categories. */
  readonly category: number;
}

/**
 * A drawn shape that is not a seat. `x` and `y` are the top left corner of a rectangle, the center
 * of an ellipse, the origin of the points of a polygon, or the position of a text. The shape is
 * rotated around this point.
 */
export interface PlanArea extends PlanPoint {
  readonly shape: 'rectangle' | 'ellipse' | 'polygon' | 'text';
  /** Full extent; 0 for polygons and texts. */
  readonly width: number;
  readonly height: number;
  /** Corners of a polygon, relative to `x` and `y`; empty for other shapes. */
  readonly points: readonly PlanPoint[];
  /** Degrees clockwise. */
  readonly rotation: number;
  readonly color: string;
  readonly borderColor: string;
  /** Empty for none. */
  readonly text: string;
  /** Center of the text, relative to `x` and `y`. */
  readonly textAt: PlanPoint;
  readonly textColor: string;
  /** Height of the text in plan units. */
  readonly textSize: number;
}
