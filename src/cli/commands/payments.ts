import type { Argv } from 'yargs';
import { moneyInWords } from '../../domain/shared/in-words.js';
import type { PaymentView } from '../../read-models/payment/payments-queries.js';
import type { UnmatchedNotificationView } from '../../read-models/payment/unmatched-notifications.js';
import { columns } from '../columns.js';
import { EXIT } from '../exit-codes.js';
import { serviceOptions, withService, type OfService } from '../service.js';
import { answer, answerJson, group, verb } from '../verb.js';

/** As the service answers. */
type Unresolved = Omit<PaymentView, 'requestedAt' | 'changedAt'> & {
  readonly requestedAt: string;
  readonly changedAt: string;
};

const unresolved = verb<OfService>({
  command: 'unresolved',
  describe:
    'Payments that a person should look at: something is left to do, and nothing has moved for fifteen minutes',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 payments unresolved', 'quiet for the longest first')
      .epilog('Ends with 1 when there is any. What to do about each: docs/operate/runbook.md.'),
  run: (args) =>
    withService(args, async (service) => {
      const { payments, notices } = (await service.demand(
        'GET',
        '/v1/ops/payments/unresolved',
      )) as {
        payments: readonly Unresolved[];
        notices: readonly UnmatchedNotificationView[];
      };
      const isFine = payments.length === 0 && notices.length === 0;
      if (args.json) answerJson({ payments, ...(notices.length > 0 && { notices }) });
      else if (isFine) answer('Every payment is finished or in progress.');
      else {
        if (payments.length > 0) answer(describe(payments));
        if (notices.length > 0) answer(describeNotices(notices));
      }
      return isFine ? EXIT.fine : EXIT.failed;
    }),
});

function describe(payments: readonly Unresolved[]): string {
  const head = [
    'reservation',
    'event',
    'provider',
    'status',
    'asked',
    'kept',
    'due',
    'quiet since',
    'failure',
  ];
  const rows = payments.map((of) => {
    const amount = (amountMinor: number) => moneyInWords({ amountMinor, currency: of.currency });
    return [
      ...[of.reservationId, of.eventId, of.provider, of.status],
      ...[of.amountMinor, of.keptMinor, of.dueMinor].map(amount),
      ...[of.changedAt, of.failure ?? '–'],
    ];
  });
  return columns([head, ...rows]);
}

function describeNotices(notices: readonly UnmatchedNotificationView[]): string {
  const head = [
    'notice',
    'provider',
    'problem',
    'type',
    'reference',
    'reservation',
    'amount',
    'received',
  ];
  const rows = notices.map((of) => [
    ...[
      of.noticeId,
      of.provider,
      of.problem,
      of.type,
      of.reference ?? '–',
      of.reservationId ?? '–',
    ],
    ...[of.amount ? moneyInWords(of.amount) : '–', of.receivedAt],
  ]);
  return columns([head, ...rows]);
}

interface OfNotice extends OfService {
  readonly provider: string;
  readonly notice: string;
}

const resolve = verb<OfNotice>({
  command: 'resolve <provider> <notice>',
  describe: 'Resolve a notice that could not be matched with a payment',
  options: (yargs) =>
    serviceOptions(yargs)
      .positional('provider', {
        type: 'string',
        demandOption: true,
        describe: 'Name of the provider',
      })
      .positional('notice', { type: 'string', demandOption: true, describe: 'Id of the notice' })
      .example(
        '$0 payments resolve stripe evt_1',
        'the notice is no longer listed',
      ) as unknown as Argv<OfNotice>,
  run: (args) =>
    withService(args, async (service) => {
      const [provider, notice] = [args.provider, args.notice].map(encodeURIComponent);
      const done = await service.demand(
        'POST',
        `/v1/ops/payments/notices/${provider}/${notice}/resolve`,
      );
      if (args.json) answerJson(done as object);
      else answer('Resolved: the notice is no longer listed.');
      return EXIT.fine;
    }),
});

interface OfPayment extends OfService {
  readonly reservation: string;
}

const settle = verb<OfPayment>({
  command: 'settle <reservation>',
  describe: 'Ask the provider now, and do whatever is left to do for the payment of a reservation',
  options: (yargs) =>
    serviceOptions(yargs)
      .positional('reservation', {
        type: 'string',
        demandOption: true,
        describe: 'Id of the reservation',
      })
      .example('$0 payments settle 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22', 'safe to say twice')
      .epilog('Ends with 1 when something is still left to do.') as unknown as Argv<OfPayment>,
  run: (args) =>
    withService(args, async (service) => {
      const path = `/v1/ops/payments/${encodeURIComponent(args.reservation)}/settle`;
      const done = (await service.demand('POST', path)) as {
        reservationId: string;
        settled: boolean;
      };
      if (args.json) answerJson(done);
      else
        answer(
          done.settled
            ? 'Settled: nothing is left to do.'
            : 'Not settled yet: something is left to do.',
        );
      return done.settled ? EXIT.fine : EXIT.failed;
    }),
});

export const payments = group('payments', 'Payments that do not come to an end', [
  unresolved,
  settle,
  resolve,
]);
