import type { PreparedPlan } from '../domain/seating-plan/prepared-plan.js';
import type { PlanProblem } from '../domain/seating-plan/problems.js';

/** A seating plan ready to be stored. */
export interface PackedPlan extends Omit<PreparedPlan, 'canonical'> {
  /** The canonical JSON, gzipped, in base64. */
  readonly encoded: string;
}

/** The seating plan of a body: packed, not a plan, or not there. */
export type PlanOfBody = PackedPlan | { readonly problems: readonly PlanProblem[] } | undefined;

export type ReadVenue =
  | { readonly read: 'malformed' }
  /** More levels, values or keys than a venue, or its plan, may have; `limit` says how many. */
  | { readonly read: 'too-large'; readonly limit: string; readonly part: 'venue' | 'plan' }
  /** All but the plan, unchecked and small. */
  | { readonly read: 'whole'; readonly venue: unknown; readonly plan: PlanOfBody };

/** Reads the bodies in which venues are registered, somewhere else than where seats are sold. */
export interface VenueReader {
  /** `body` is not to be used afterwards. @throws VenueReadFailed */
  read(body: Uint8Array): Promise<ReadVenue>;
  close(): Promise<void>;
}

/** It took too long, or needed too much memory. */
export class VenueReadFailed extends Error {
  override name = 'VenueReadFailed';
}
