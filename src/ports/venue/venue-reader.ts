import type { PreparedPlan } from '../../domain/seating-plan/prepared-plan.js';
import type { PlanProblem } from '../../domain/seating-plan/import/problems.js';

/** A seating plan that is ready to be stored. */
export interface PackedPlan extends Omit<PreparedPlan, 'canonical'> {
  /** The canonical JSON, gzipped, in base64. */
  readonly encoded: string;
}

/** The seating plan of a request body: packed, invalid, or missing. */
export type PlanOfBody = PackedPlan | { readonly problems: readonly PlanProblem[] } | undefined;

export type ReadVenue =
  | { readonly read: 'malformed' }
  /** The body exceeds `limit`: too many levels, values or keys. */
  | { readonly read: 'too-large'; readonly limit: string; readonly part: 'venue' | 'plan' }
  /** Everything except the plan, unchecked and small. */
  | { readonly read: 'whole'; readonly venue: unknown; readonly plan: PlanOfBody };

/** Reads the bodies of venue registrations, outside the thread that sells seats. */
export interface VenueReader {
  /** The caller must not use `body` afterwards. @throws VenueReadFailed */
  read(body: Uint8Array): Promise<ReadVenue>;
  close(): Promise<void>;
}

/** Reading took too long or needed too much memory. */
export class VenueReadFailed extends Error {
  override name = 'VenueReadFailed';
}
