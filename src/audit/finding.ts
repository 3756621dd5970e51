import type { ChainProblem } from '../domain/audit/chain.js';

/** A difference between the log and what was written or signed. */
export interface Finding {
  readonly problem:
    | ChainProblem
    /** The stream ends before a revision that a signed head contains. */
    | 'removed'
    /** The recorded time differs from the one in a signed head. */
    | 'time-altered'
    | 'checkpoint-unsigned'
    | 'checkpoint-missing'
    | 'checkpoint-heads-altered'
    | 'checkpoint-not-as-kept';
  /** Empty when the finding concerns a signed head. */
  readonly stream: string;
  /** Revision of the domain event, or number of the signed head. */
  readonly revision: number;
  /** Id of the domain event at this revision; null when there is none. */
  readonly id: string | null;
  readonly detail: string;
}
