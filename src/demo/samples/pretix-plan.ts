/** pretix's public seating-plan JSON, as far as the samples write it. Units are the plan's own. */
export interface PretixPlan {
  readonly name: string;
  readonly categories: readonly { readonly name: string; readonly color?: string }[];
  readonly zones: readonly PretixZone[];
  readonly size?: { readonly width: number; readonly height: number };
}

export interface PretixZone {
  readonly name: string;
  readonly position: PretixPosition;
  readonly rows: readonly PretixRow[];
  readonly areas?: readonly PretixArea[];
}

export interface PretixRow {
  readonly row_number: string;
  readonly position: PretixPosition;
  readonly seats: readonly PretixSeat[];
}

export interface PretixSeat {
  readonly seat_guid: string;
  readonly seat_number: string;
  readonly position: PretixPosition;
  readonly category: string;
}

export interface PretixPosition {
  readonly x: number;
  readonly y: number;
}

/**
 * Either the first form (`width`, `height`, a plain `text`) or today's, with a shape and nested
 * measures.
 */
export interface PretixArea {
  readonly position: PretixPosition;
  readonly color?: string;
  readonly border_color?: string;
  readonly width?: number;
  readonly height?: number;
  readonly shape?: 'rectangle' | 'circle' | 'ellipse' | 'polygon' | 'text';
  readonly rectangle?: { readonly width: number; readonly height: number };
  readonly circle?: { readonly radius: number };
  readonly text?:
    string | { readonly text: string; readonly position: PretixPosition; readonly size?: number };
}
