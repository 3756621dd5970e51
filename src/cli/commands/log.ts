import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from 'yargs';
import { moneyInWords } from '../../domain/shared/in-words.js';
import type { LogAcceptance, LogLoss, LogStatus } from '../../ports/projection/log-operations.js';
import type { ProjectionView } from '../../ports/projection/projection-operations.js';
import { columns } from '../columns.js';
import { EXIT, Misuse } from '../exit-codes.js';
import { openProgress } from '../progress.js';
import { serviceOptions, withService, type ServiceOptions, type Service } from '../service.js';
import { answer, answerJson, group, report, verb } from '../verb.js';

/** Milliseconds between two requests while waiting for an acceptance to finish. */
const POLL_MS = 500;

/** The log as the service reports it. */
interface LogResponse {
  readonly state: string;
  readonly cause: string | null;
  readonly acceptance: LogAcceptance | null;
  readonly losses: LogStatus['losses'];
}

const status = verb<ServiceOptions>({
  command: 'status',
  describe: 'Check that the log is the one from which the read models were built',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 log status', 'compare now')
      .epilog(
        'Exits with 1 unless the state is ok. What to do: "The log was replaced" in ' +
          'docs/operate/runbook.md.',
      ),
  run: (args) =>
    withService(args, async (service) => {
      const log = await ask(service);
      if (args.json) answerJson({ log });
      else answer(describe(log));
      return log.state === 'ok' ? EXIT.success : EXIT.failed;
    }),
});

interface AcceptOptions extends ServiceOptions {
  readonly yes: boolean;
  readonly wait: boolean;
}

const accept = verb<AcceptOptions>({
  command: 'accept',
  describe: 'Accept the current log: rebuild every read model from it and list lost records',
  options: (yargs) =>
    serviceOptions(yargs)
      .options({
        yes: { type: 'boolean', default: false, describe: 'Skip the confirmation' },
        wait: {
          type: 'boolean',
          default: true,
          describe: 'Wait until it is finished; --no-wait only starts it',
        },
      })
      .example('$0 log accept', 'after an older backup of the event store was restored permanently')
      .epilog(
        'Sales stop until it is finished. Safe to repeat. Exits with 1 when reservations or ' +
          'payments were lost: ' +
          '`log losses` lists them.',
      ) as unknown as Argv<AcceptOptions>,
  run: (args) =>
    withService(args, async (service) => {
      const before = await ask(service);
      if (before.state === 'replaced' && !args.yes) await confirm(before);
      await service.demand('POST', '/v1/ops/log/accept');
      const log = args.wait ? await untilFinished(service) : await ask(service);
      if (args.json) answerJson({ log });
      else answer(describe(log));
      const { reservations, payments } = log.losses;
      return reservations + payments > 0 ? EXIT.failed : EXIT.success;
    }),
});

/** @throws Misuse without a terminal, or when the user does not confirm */
async function confirm({ cause }: LogResponse): Promise<void> {
  report(`${cause}.`);
  report(
    'Sales and payments that this log lacks are lost permanently and will be listed. If you ' +
      'have a copy of the right log, restore that instead.',
  );
  if (!process.stdin.isTTY)
    throw new Misuse('No terminal to ask for confirmation: add --yes to accept this log.');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const reply = await lines.question('Accept this log? Type "accept": ');
    if (reply.trim() !== 'accept') throw new Misuse('Not accepted: nothing was started.');
  } finally {
    lines.close();
  }
}

const losses = verb<ServiceOptions>({
  command: 'losses',
  describe: 'List reservations and payments that an accepted log lacks',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 log losses --json', 'with the full state of each')
      .epilog('Exits with 1 when there are any. What to do: docs/operate/runbook.md.'),
  run: (args) =>
    withService(args, async (service) => {
      const all: LogLoss[] = [];
      for (let after: number | null = 0; after !== null;) {
        const page = (await service.demand('GET', `/v1/ops/log/losses?after=${after}`)) as {
          losses: readonly LogLoss[];
          next: number | null;
        };
        all.push(...page.losses);
        after = page.next;
      }
      if (args.json) answerJson({ losses: all });
      else answer(all.length === 0 ? 'No reservations or payments were lost.' : table(all));
      return all.length === 0 ? EXIT.success : EXIT.failed;
    }),
});

export const log = group('log', 'Check the log, and accept it after it was replaced', [
  status,
  accept,
  losses,
]);

const ask = async (service: Service): Promise<LogResponse> =>
  ((await service.demand('GET', '/v1/ops/log')) as { log: LogResponse }).log;

/** Shows a progress bar of the domain events that the read models apply. */
async function untilFinished(service: Service): Promise<LogResponse> {
  let progress: ReturnType<typeof openProgress> | undefined;
  try {
    for (;;) {
      const log = await ask(service);
      if (log.acceptance?.finishedAt && log.state !== 'replaced') return log;
      const { projections } = (await service.demand('GET', '/v1/ops/projections')) as {
        projections: readonly ProjectionView[];
      };
      const rebuilds = projections.flatMap(({ rebuild }) =>
        rebuild?.kind === 'accept-log' ? [rebuild] : [],
      );
      const switched = rebuilds.filter(({ phase }) => phase === 'switched').length;
      const done = rebuilds.reduce((sum, rebuild) => sum + rebuild.done, 0);
      progress ??= openProgress({ activity: 'Building the read models', unit: 'domain events' });
      progress.update(done, `, ${switched} of ${projections.length} read models serve`);
      await sleep(POLL_MS);
    }
  } finally {
    progress?.end();
  }
}

function describe({ state, cause, acceptance, losses: lost }: LogResponse): string {
  const lines = [`The log is ${state}${cause === null ? '.' : `: ${cause}.`}`];
  if (acceptance) {
    const { acceptedBy, acceptedAt, finishedAt } = acceptance;
    const until =
      finishedAt === null ? 'read models are being rebuilt' : `finished at ${finishedAt}`;
    lines.push(`Accepted by ${acceptedBy} at ${acceptedAt}: ${until}.`);
    lines.push(
      `Lost: ${lost.reservations} reservations, ${lost.payments} payments. \`log losses\` ` +
        'lists them.',
    );
  }
  return lines.join('\n');
}

function table(all: readonly LogLoss[]): string {
  const head = ['lost', 'event', 'reservation', 'customer', 'before', 'now'];
  const rows = all.map(({ kind, eventId, reservationId, customerId, before, after }) => [
    kind,
    eventId,
    reservationId,
    customerId,
    inWords(kind, before),
    after === null ? 'not in the log' : inWords(kind, after),
  ]);
  return columns([head, ...rows]);
}

function inWords(kind: LogLoss['kind'], state: Readonly<Record<string, unknown>>): string {
  const money = (field: string) =>
    moneyInWords({ amountMinor: Number(state[field]), currency: String(state.currency) });
  if (kind === 'reservation')
    return (
      `${String(state.status)} ${(state.seatIds as string[]).join(' ')} for ` +
      `${money('amountMinor')}`
    );
  const pending = state.pending === true ? ', pending' : '';
  return (
    `${String(state.provider)}: kept ${money('keptMinor')}, due back ${money('dueMinor')}, ` +
    `unsettled ${money('unsettledMinor')}${pending}`
  );
}
