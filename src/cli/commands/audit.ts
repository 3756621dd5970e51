import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import type { Checkpoint } from '../../audit/signed-heads.js';
import type { Finding } from '../../audit/finding.js';
import type { Verdict } from '../../audit/verify.js';
import { configFromEnvironment } from '../../config/config.js';
import { EXIT, Misuse, Refused, Unavailable, type ExitCode } from '../exit-codes.js';
import { openProgress } from '../progress.js';
import { serviceOptions, withService, type OfService } from '../service.js';
import { answer, answerJson, group, LOG, verb, type Common } from '../verb.js';

/** Domain events, or checkpoints, asked for at once. */
const PAGE = 1_000;
const ROLE = 'The token has to be of an auditor. What the answers mean: docs/concepts/audit.md';

interface OfEvent extends OfService {
  readonly event: string;
}
interface OfStory extends OfEvent {
  readonly id: string;
  readonly csv: boolean;
}

const ofEvent = <Args extends Common>(yargs: Argv<Args>): Argv<Args & OfEvent> =>
  serviceOptions(yargs).positional('event', {
    type: 'string',
    demandOption: true,
    describe: 'Id of the event',
  }) as unknown as Argv<Args & OfEvent>;

/** Of a seat, a reservation or a customer: the same words, other paths. */
const story = (name: string, path: string, what: string, example: string) =>
  verb<OfStory>({
    command: `${name} <event> <id>`,
    describe: what,
    options: (yargs) =>
      ofEvent(yargs)
        .positional('id', { type: 'string', demandOption: true, describe: `Id of the ${name}` })
        .option('csv', {
          type: 'boolean',
          default: false,
          describe: 'A table, with everything in it',
        })
        .example(
          `$0 audit ${name} 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 ${example}`,
          'one sentence per change',
        )
        .epilog(ROLE) as unknown as Argv<OfStory>,
    run: (args) => {
      if (args.csv && args.json) throw new Misuse('Ask for --csv or for --json.');
      return withService(args, async (service) => {
        const base = `/v1/audit/events/${encodeURIComponent(args.event)}/${path}/${encodeURIComponent(args.id)}`;
        const told = await service.demand('GET', args.csv ? `${base}?format=csv` : base);
        if (args.csv) answer(told as string);
        else if (args.json) answerJson(told);
        else answer(describeStory(told as Told));
        return EXIT.fine;
      });
    },
  });

interface Told {
  readonly complete: boolean;
  readonly entries: readonly {
    at: string;
    sentence: string;
    actor: { id: string; role: string } | null;
  }[];
  readonly refused: readonly { at: string; sentence: string }[];
}

function describeStory({ complete, entries, refused }: Told): string {
  const lines = [
    ...entries.map(({ at, sentence, actor }) => ({
      at,
      text: actor ? `${sentence} [${actor.id}, ${actor.role}]` : sentence,
    })),
    ...refused.map(({ at, sentence }) => ({ at, text: sentence })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const shown = lines.map(({ at, text }) => `${at}  ${text}`).join('\n');
  return complete ? shown : `${shown}\n… and more: this is only the beginning.`;
}

const state = verb<OfEvent & { at: string; holders: boolean }>({
  command: 'state <event>',
  describe: 'The inventory as it stood at a moment',
  options: (yargs) =>
    ofEvent(yargs)
      .option('at', {
        ...{ type: 'string', requiresArg: true, demandOption: true },
        describe: 'A revision, or a time with Z or an offset',
      })
      .option('holders', { type: 'boolean', default: false, describe: 'And who had each seat' })
      .example(
        '$0 audit state 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --at 2026-06-11T19:00:00Z',
        'at a time',
      )
      .example(
        '$0 audit state 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --at 4711 --json',
        'behind a domain event',
      )
      .epilog(ROLE) as unknown as Argv<OfEvent & { at: string; holders: boolean }>,
  run: (args) =>
    withService(args, async (service) => {
      const query = new URLSearchParams({ at: args.at, ...(args.holders && { holders: 'true' }) });
      const stood = await service.demand(
        'GET',
        `/v1/audit/events/${encodeURIComponent(args.event)}/state?${query}`,
      );
      if (args.json) answerJson(stood);
      else answer(describeState(stood as Stood));
      return EXIT.fine;
    }),
});

interface Stood {
  readonly revision: number;
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly salesClosed: boolean;
  readonly cancelled: boolean;
  readonly holders?: readonly {
    seatId: string;
    status: string;
    customerId: string;
    reservationId: string;
  }[];
}

const describeCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');

function describeState({
  revision,
  at,
  counts,
  salesClosed,
  cancelled,
  holders = [],
}: Stood): string {
  const sale = cancelled ? 'cancelled' : salesClosed ? 'closed' : 'open';
  const lines = holders.map(
    ({ seatId, status, customerId, reservationId }) =>
      `  ${seatId}  ${status} by ${customerId}, reservation ${reservationId}`,
  );
  return [`Revision ${revision} of ${at}: ${describeCounts(counts)}; sale ${sale}.`, ...lines].join(
    '\n',
  );
}

const difference = verb<OfEvent & { from: string; to: string }>({
  command: 'diff <event>',
  describe: 'Which seats stand differently at two moments',
  options: (yargs) => {
    const moment = { type: 'string', requiresArg: true, demandOption: true } as const;
    return ofEvent(yargs)
      .option('from', { ...moment, describe: 'The earlier one: a revision, or a time' })
      .option('to', { ...moment, describe: 'The later one' })
      .example(
        '$0 audit diff 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --from 100 --to 200',
        'between two revisions',
      )
      .epilog(ROLE) as unknown as Argv<OfEvent & { from: string; to: string }>;
  },
  run: (args) =>
    withService(args, async (service) => {
      const query = new URLSearchParams({ from: args.from, to: args.to });
      const path = `/v1/audit/events/${encodeURIComponent(args.event)}/diff?${query}`;
      const { from, to, changes, ...rest } = (await service.demand('GET', path)) as Differing;
      if (args.json) answerJson({ ...rest, from, to, changes });
      else {
        const side = ({ status, customerId }: Side) =>
          customerId ? `${status} by ${customerId}` : status;
        answer(
          [
            `Revision ${from.revision} to ${to.revision}: ${changes.length} seats stand differently.`,
            ...changes.map(
              ({ seatId, before, after }) => `  ${seatId}  ${side(before)} → ${side(after)}`,
            ),
          ].join('\n'),
        );
      }
      return EXIT.fine;
    }),
});

interface Side {
  readonly status: string;
  readonly customerId: string | null;
}
interface Differing {
  readonly from: { revision: number };
  readonly to: { revision: number };
  readonly changes: readonly { seatId: string; before: Side; after: Side }[];
}

const exporting = verb<OfEvent>({
  command: 'export <event>',
  describe: 'Every domain event of a sale, with its sentence: one JSON document per line',
  options: (yargs) =>
    ofEvent(yargs)
      .example(
        '$0 audit export 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 > sale.ndjson',
        'to keep, or to hand over',
      )
      .epilog(ROLE) as unknown as Argv<OfEvent>,
  run: (args) =>
    withService(args, async (service) => {
      const base = `/v1/audit/events/${encodeURIComponent(args.event)}/replay`;
      const progress = openProgress({ what: 'Reading the sale', unit: 'domain events' });
      try {
        for (let from = 0; ; from += PAGE) {
          const reply = await service.ask('GET', `${base}?from=${from}&to=${from + PAGE - 1}`);
          if (from > 0 && reply.body?.code === 'revision-not-reached') return EXIT.fine;
          if (reply.status >= 400) throw new Refused(`${reply.body?.title} (${reply.body?.code})`);
          // A single line is one document, and was read as such.
          const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
          answer(text);
          progress.at(from + PAGE);
        }
      } finally {
        progress.end();
      }
    }),
});

const checkpoints = verb<OfService>({
  command: 'checkpoints',
  describe:
    'All signed checkpoints of the log, one per line: to be kept where nobody of the shop can write',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 audit checkpoints > checkpoints.ndjson', 'what `audit verify --against` takes')
      .epilog(ROLE) as unknown as Argv<OfService>,
  run: (args) =>
    withService(args, async (service) => {
      for (let after: number | null = 0; after !== null;) {
        const page: { checkpoints: Checkpoint[]; next: number | null } = await service.demand(
          'GET',
          `/v1/audit/checkpoints?after=${after}`,
        );
        for (const { number, document, signature, kid } of page.checkpoints)
          answer(JSON.stringify({ number, document, signature, kid }));
        after = page.next;
      }
      return EXIT.fine;
    }),
});

const verify = verb<Common & { against?: string }>({
  command: 'verify',
  describe:
    'Recompute the chain of the whole log, hold it against its checkpoints, and name what was touched',
  options: (yargs) =>
    yargs
      .option('against', {
        ...{ type: 'string', requiresArg: true },
        describe: 'A file of checkpoints that was kept elsewhere (`audit checkpoints`)',
      })
      .example('$0 audit verify', 'name the first domain event that is not what it was')
      .example(
        '$0 audit verify --against checkpoints.ndjson --json',
        'and that no checkpoint is missing',
      )
      .epilog(
        'It reads only, beside a running Boxoffice or without one, straight from the database and the event store that the ' +
          'settings of the Boxoffice name in the environment. Ends with 0 when nothing was touched and with 1 when something ' +
          'was. What it proves, and what it does not: docs/concepts/audit.md',
      ) as unknown as Argv<Common & { against?: string }>,
  run: verifyAll,
});

export const audit = group('audit', 'The past, and whether it was touched', [
  story(
    'seat',
    'seats',
    'The life of a seat: every change, and every attempt that was refused',
    'A-1-1',
  ),
  story(
    'reservation',
    'reservations',
    'The life of a reservation, with its money',
    '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
  ),
  story('customer', 'customers', 'What a customer bought of an event, or tried to', 'anna'),
  ...[state, difference, exporting, checkpoints, verify],
]);

async function verifyAll({ json, against }: Common & { against?: string }): Promise<ExitCode> {
  const config = configFromEnvironment();
  const kept = against === undefined ? [] : await readKept(against);
  const verdict = await readVerdict(config, kept).catch((error: Error) => {
    throw new Unavailable(`The log could not be verified: ${error.message}`, { cause: error });
  });
  if (json) answerJson(verdict);
  else answer(describeVerdict(verdict));
  return verdict.intact ? EXIT.fine : EXIT.failed;
}

async function readVerdict(
  config: ReturnType<typeof configFromEnvironment>,
  kept: readonly Checkpoint[],
): Promise<Verdict> {
  // The clients of the stores take long to load, and every other verb does without.
  const { openContext } = await import('../../app/context.js');
  const { LOG_VERIFICATION, LogVerificationModule } = await import('../log-verification.module.js');
  const context = await openContext({ config, log: LOG }, LogVerificationModule);
  try {
    const verification = context.get(LOG_VERIFICATION);
    const progress = openProgress({
      what: 'Reading the log',
      unit: 'domain events',
      total: await verification.estimate(),
    });
    try {
      return await verification.run(kept, (done) => progress.at(done));
    } finally {
      progress.end();
    }
  } finally {
    await context.close();
  }
}

/** @throws Misuse */
async function readKept(path: string): Promise<Checkpoint[]> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => {
      const checkpoint = JSON.parse(line) as Partial<Checkpoint>;
      if (typeof checkpoint.number !== 'number' || typeof checkpoint.document !== 'string')
        throw new Error('a line is no checkpoint');
      return checkpoint as Checkpoint;
    });
  } catch (error) {
    throw new Misuse(`${path} cannot be read as checkpoints: ${(error as Error).message}.`);
  }
}

function describeVerdict(verdict: Verdict): string {
  const { intact, domainEvents, streams, checkpoints: signed, unchained, findings } = verdict;
  const read = `${domainEvents.toLocaleString('en-US')} domain events of ${streams.toLocaleString('en-US')} streams, ${signed} checkpoints`;
  const before =
    unchained > 0
      ? ` ${unchained} are of a time before the chain, and only checkpoints speak for them.`
      : '';
  if (intact) return `Nothing was touched: ${read}.${before}`;
  return [`TOUCHED: ${read}.${before} First found:`, ...findings.map(describeFinding)].join('\n');
}

const describeFinding = ({ problem, stream, revision, id, detail }: Finding): string =>
  stream === ''
    ? `  checkpoint ${revision}: ${problem}: ${detail}`
    : `  ${stream} revision ${revision}${id ? ` (${id})` : ''}: ${problem}: ${detail}`;
