import { MAX_PROBLEMS } from '../limits.js';

/** Kinds of problems of a seating plan. The codes are stable: clients and docs use them. */
export type PlanProblemCode =
  | 'plan-malformed'
  | 'plan-without-seats'
  | 'too-many-seats'
  | 'too-many-rows'
  | 'too-many-zones'
  | 'too-many-categories'
  | 'too-many-areas'
  | 'row-too-long'
  | 'category-repeated'
  | 'category-unknown'
  | 'seat-guid-invalid'
  | 'seat-guid-repeated'
  | 'name-invalid'
  | 'position-invalid';

export interface PlanProblem {
  readonly code: PlanProblemCode;
  /** JSON pointer (RFC 6901) into the source; empty for the plan itself. */
  readonly path: string;
  /** A sentence that names the remedy. */
  readonly detail: string;
}

/** The first problems of one plan, at most `MAX_PROBLEMS`. */
export type PlanProblems = PlanProblem[];

export function report(
  problems: PlanProblems,
  code: PlanProblemCode,
  path: string,
  detail: string,
): undefined {
  if (!isFull(problems)) problems.push({ code, path, detail });
  return undefined;
}

/** Whether reading can stop, because no further problem would be reported. */
export function isFull(problems: PlanProblems): boolean {
  return problems.length >= MAX_PROBLEMS;
}
