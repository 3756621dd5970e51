import type { RefundState } from '../../ports/payment/payment-gateway.js';
import { courseOf, type SandboxWaits } from './sandbox-tokens.js';
import type { NoticeType, SandboxRefund } from './sandbox-wire.js';

export interface RefundRecord {
  readonly kind: 'refund';
  readonly request: SandboxRefund;
  readonly refundId: string;
  readonly acceptedAt: number;
  /** Missing in older journals, where every refund succeeded. */
  readonly course?: RefundCourse;
}
/** The state before `settlesAt` (milliseconds since the epoch), and the state from then on. */
interface RefundCourse {
  readonly first: RefundState['status'];
  readonly then: RefundState['status'];
  readonly settlesAt: number;
}
const REFUND_NOTICE: Readonly<Record<RefundState['status'], NoticeType>> = {
  pending: 'refund.pending',
  succeeded: 'refund.completed',
  failed: 'refund.failed',
};

/**
 * All notices of a refund are sent when it is settled: a refund that fails later is first reported
 * as a success.
 */
export function refundNotices({
  course,
  acceptedAt,
}: RefundRecord): [types: NoticeType[], dueAt: number] {
  if (!course) return [[REFUND_NOTICE.succeeded], acceptedAt];
  const { first, then, settlesAt } = course;
  return [[...new Set([first, then])].map((status) => REFUND_NOTICE[status]), settlesAt];
}

/** Reason as Stripe words it. */
export const REFUND_FAILURE = 'lost_or_stolen_card';

/** @param before refunds of the same capture so far */
export function refundCourse(
  token: string,
  before: number,
  acceptedAt: number,
  waits: SandboxWaits,
): RefundCourse {
  const at = (first: RefundState['status'], then = first, after = 0): RefundCourse => ({
    first,
    then,
    settlesAt: acceptedAt + after,
  });
  const isFirst = before === 0;
  switch (courseOf(token)?.refunds) {
    case 'succeed-later':
      return at('pending', 'succeeded', waits.slowMs);
    case 'fail-later-once':
      return isFirst ? at('succeeded', 'failed', waits.slowMs) : at('succeeded');
    case 'fail-once':
      return at(isFirst ? 'failed' : 'succeeded');
    case 'fail':
      return at('failed');
    default:
      return at('succeeded');
  }
}

export function refundOf(
  { refundId: refundReference, course }: RefundRecord,
  now: number,
): RefundState {
  const status = !course ? 'succeeded' : now < course.settlesAt ? course.first : course.then;
  return status === 'failed'
    ? { status, refundReference, reason: REFUND_FAILURE }
    : { status, refundReference };
}
