import type { NoticeType } from './sandbox-wire.js';

/** Durations of the sandbox. Milliseconds. */
export interface SandboxWaits {
  /** From the charge to the capture of `tok_slow`. */
  readonly slowMs: number;
  /** From the charge to the capture of `tok_lost`. */
  readonly lostMs: number;
  /** From the end of the hold to the capture of `tok_late`. */
  readonly lateMs: number;
  /** The charge of `tok_early` is answered after its webhook, but not later than this. */
  readonly earlyMs: number;
}

export const DEFAULT_WAITS: SandboxWaits = {
  slowMs: 5_000,
  lostMs: 1_000,
  lateMs: 1_000,
  earlyMs: 2_000,
};

/** Behavior of a token. */
export interface Course {
  readonly outcome: 'captured' | 'declined';
  readonly answer: 'at-once' | 'never' | 'after-notice';
  /** Sent one after the other, each after the one before was delivered. */
  readonly notices: readonly NoticeType[];
  /**
   * Outcome of a refund of this charge. `later`: the refund is accepted, and its outcome follows
   * after `slowMs`.
   */
  readonly refunds: 'succeed' | 'succeed-later' | 'fail-once' | 'fail-later-once' | 'fail';
  /** When the outcome is settled. All in milliseconds since the epoch. */
  readonly settlesAt: (acceptedAt: number, holdExpiresAt: number, waits: SandboxWaits) => number;
}

const COURSES: Readonly<Record<string, Course>> = {
  tok_success: course({}),
  tok_declined: course({ outcome: 'declined', notices: ['charge.failed'] }),
  tok_slow: course({ settlesAt: (accepted, _, { slowMs }) => accepted + slowMs }),
  tok_silent: course({ answer: 'never', notices: [] }),
  tok_lost: course({ notices: [], settlesAt: (accepted, _, { lostMs }) => accepted + lostMs }),
  tok_twice: course({ notices: ['charge.captured', 'charge.captured'] }),
  tok_early: course({ answer: 'after-notice' }),
  tok_late: course({
    settlesAt: (accepted, hold, { lateMs }) => Math.max(accepted, hold + lateMs),
  }),
  tok_unordered: course({ notices: ['charge.captured', 'charge.processing'] }),
  tok_refund_slow: course({ refunds: 'succeed-later' }),
  tok_refund_fails_later: course({ refunds: 'fail-later-once' }),
  tok_refund_fails_once: course({ refunds: 'fail-once' }),
  tok_refund_fails: course({ refunds: 'fail' }),
};

function course(parts: Partial<Course>): Course {
  return {
    outcome: 'captured',
    answer: 'at-once',
    notices: ['charge.captured'],
    refunds: 'succeed',
    settlesAt: (accepted) => accepted,
    ...parts,
  };
}

/** All tokens with a defined behavior. */
export const SANDBOX_TOKENS: readonly string[] = Object.keys(COURSES);

export const courseOf = (token: string): Course | undefined =>
  Object.hasOwn(COURSES, token) ? COURSES[token] : undefined;
