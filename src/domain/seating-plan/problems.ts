import { MAX_PROBLEMS } from './limits.js';

/** What is wrong with a seating plan. The code is stable: shops and docs name it. */
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
  /** JSON pointer (RFC 6901) into the plan that was given; empty for the plan itself. */
  readonly path: string;
  /** A sentence that says what to do. */
  readonly detail: string;
}

/** The first problems of one plan; no more than `MAX_PROBLEMS`. */
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

/** Nothing more would be reported, so reading on is a waste. */
export function isFull(problems: PlanProblems): boolean {
  return problems.length >= MAX_PROBLEMS;
}
