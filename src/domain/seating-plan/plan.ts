/**
 * A seating plan in canonical form: positions are absolute (zone + row + seat added up), the seats of a row stand
 * in the order in which people sit, and nothing is left that the sale or the drawing does not use.
 */
export interface SeatingPlan {
  readonly name: string;
  /** Extent of the drawing, in plan units. */
  readonly size: { readonly width: number; readonly height: number };
  /** What everybody looks at, if the plan says so itself. */
  readonly focalPoint?: PlanPoint;
  readonly categories: readonly PlanCategory[];
  /** In the order of the source; zone by zone, row by row, seat by seat is plan order. */
  readonly zones: readonly PlanZone[];
}

/** In plan units; x to the right, y downwards. */
export interface PlanPoint {
  readonly x: number;
  readonly y: number;
}

export interface PlanCategory {
  readonly name: string;
  /** A CSS colour that is safe to put into a style. */
  readonly color: string;
}

export interface PlanZone {
  readonly name: string;
  readonly rows: readonly PlanRow[];
  readonly areas: readonly PlanArea[];
}

export interface PlanRow {
  readonly label: string;
  /** How the row is shown, such as `Table %s`, where `%s` stands for `label`. */
  readonly rowLabel?: string;
  /** How its seats are shown, such as `Chair %s`, where `%s` stands for the seat's number. */
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
 * Something drawn that is not a seat. `x` and `y` are the top left corner of a rectangle, the centre of an ellipse,
 * the origin of a polygon's points, and where a text stands; it is turned around this point.
 */
export interface PlanArea extends PlanPoint {
  readonly shape: 'rectangle' | 'ellipse' | 'polygon' | 'text';
  /** Full extent; 0 for polygons and texts. */
  readonly width: number;
  readonly height: number;
  /** Corners of a polygon relative to `x` and `y`; empty for the others. */
  readonly points: readonly PlanPoint[];
  /** Degrees clockwise. */
  readonly rotation: number;
  readonly color: string;
  readonly borderColor: string;
  /** Empty for none. */
  readonly text: string;
  /** Centre of the text, relative to `x` and `y`. */
  readonly textAt: PlanPoint;
  readonly textColor: string;
  /** Height of the text in plan units. */
  readonly textSize: number;
}
