/** A check of a service that this node needs. */
export interface ReadinessCheck {
  readonly name: string;
  /** The node is ready without this service; the state is only shown. */
  readonly optional?: boolean;
  /**
   * Rejects when the service is unavailable. A state other than `ok` is shown as is, with whether
   * the node is ready.
   */
  check(): Promise<ReadinessState | void>;
}

export interface ReadinessState {
  /** The state shown for the check. */
  readonly state: string;
  readonly isReady: boolean;
  /** The cause, described for an operator. */
  readonly cause?: string;
}

/** Whether the log is the one that the read models were built from. */
export interface LogState {
  isReplaced(): boolean;
  /** Calls back when an operator has accepted another log. */
  onAccepted(listener: () => void): void;
}

/** How far each projection is behind the log, as last measured. */
export type ProjectionLags = () => readonly ProjectionLag[] | Promise<readonly ProjectionLag[]>;

export interface ProjectionLag {
  readonly projection: string;
  /** Whether this node runs the projection. Its lag is unknown while no node does. */
  readonly running: boolean;
  /**
   * Age of the oldest domain event that waits, in seconds; undefined when this node does not know.
   */
  readonly seconds: number | undefined;
  /** Domain events set aside; undefined when this node does not know. */
  readonly parked: number | undefined;
}
