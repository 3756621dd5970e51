import type { Argv } from 'yargs';
import { moneyInWords } from '../../domain/shared/in-words.js';
import type { PaymentView } from '../../read-models/payment/payments-queries.js';
import type * as unmatched from '../../read-models/payment/unmatched-notifications.js';
import { columns } from '../columns.js';
import { EXIT } from '../exit-codes.js';
import { serviceOptions, withService, type ServiceOptions } from '../service.js';
import { answer, answerJson, group, verb } from '../verb.js';

/** Payment as the service returns it. */
type Unresolved = Omit<PaymentView, 'requestedAt' | 'changedAt'> & {
  readonly requestedAt: string;
  readonly changedAt: string;
};

const unresolved = verb<ServiceOptions>({
  command: 'unresolved',
  describe:
    'List payments that are unfinished and unchanged for fifteen minutes, and unmatched ' +
    'notifications',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 payments unresolved', 'oldest change first')
      .epilog('Exits with 1 when there are any. How to settle them: docs/operate/runbook.md.'),
  run: (args) =>
    withService(args, async (service) => {
      const { payments, notices } = (await service.demand(
        'GET',
        '/v1/ops/payments/unresolved',
      )) as {
        payments: readonly Unresolved[];
        notices: readonly unmatched.UnmatchedNotificationView[];
      };
      const isEmpty = payments.length === 0 && notices.length === 0;
      if (args.json) answerJson({ payments, ...(notices.length > 0 && { notices }) });
      else if (isEmpty) answer('Every payment is finished or in progress.');
      else {
        if (payments.length > 0) answer(describe(payments));
        if (notices.length > 0) answer(describeNotifications(notices));
      }
      return isEmpty ? EXIT.success : EXIT.failed;
    }),
});

function describe(payments: readonly Unresolved[]): string {
  const head = [
    'reservation',
    'event',
    'provider',
    'status',
    'requested',
    'kept',
    'due',
    'unchanged since',
    'failure',
  ];
  const rows = payments.map((of) => {
    const amount = (amountMinor: number) => moneyInWords({ amountMinor, currency: of.currency });
    return [
      of.reservationId,
      of.eventId,
      of.provider,
      of.status,
      amount(of.amountMinor),
      amount(of.keptMinor),
      amount(of.dueMinor),
      of.changedAt,
      of.failure ?? '–',
    ];
  });
  return columns([head, ...rows]);
}

function describeNotifications(notices: readonly unmatched.UnmatchedNotificationView[]): string {
  const head = [
    'notification',
    'provider',
    'problem',
    'type',
    'reference',
    'reservation',
    'amount',
    'received',
  ];
  const rows = notices.map((of) => [
    of.noticeId,
    of.provider,
    of.problem,
    of.type,
    of.reference ?? '–',
    of.reservationId ?? '–',
    of.amount ? moneyInWords(of.amount) : '–',
    of.receivedAt,
  ]);
  return columns([head, ...rows]);
}

interface ResolveOptions extends ServiceOptions {
  readonly provider: string;
  readonly notice: string;
}

const resolve = verb<ResolveOptions>({
  command: 'resolve <provider> <notice>',
  describe: 'Mark an unmatched notification as resolved',
  options: (yargs) =>
    serviceOptions(yargs)
      .positional('provider', {
        type: 'string',
        demandOption: true,
        describe: 'Name of the provider',
      })
      .positional('notice', {
        type: 'string',
        demandOption: true,
        describe: 'Id of the notification',
      })
      .example(
        '$0 payments resolve stripe evt_1',
        'the notification is no longer listed',
      ) as unknown as Argv<ResolveOptions>,
  run: (args) =>
    withService(args, async (service) => {
      const [provider, notice] = [args.provider, args.notice].map(encodeURIComponent);
      const done = await service.demand(
        'POST',
        `/v1/ops/payments/notices/${provider}/${notice}/resolve`,
      );
      if (args.json) answerJson(done as object);
      else answer('Resolved: the notification is no longer listed.');
      return EXIT.success;
    }),
});

interface SettleOptions extends ServiceOptions {
  readonly reservation: string;
}

const settle = verb<SettleOptions>({
  command: 'settle <reservation>',
  describe: 'Ask the provider now and finish the payment of a reservation',
  options: (yargs) =>
    serviceOptions(yargs)
      .positional('reservation', {
        type: 'string',
        demandOption: true,
        describe: 'Id of the reservation',
      })
      .example('$0 payments settle 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22', 'safe to repeat')
      .epilog(
        'Exits with 1 when the payment is still unfinished.',
      ) as unknown as Argv<SettleOptions>,
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
            ? 'Settled: the payment is finished.'
            : 'Not settled: the payment is still unfinished.',
        );
      return done.settled ? EXIT.success : EXIT.failed;
    }),
});

export const payments = group('payments', 'Unfinished payments', [unresolved, settle, resolve]);
