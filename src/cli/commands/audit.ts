import type { Argv } from 'yargs';
import type { SignedHead } from '../../audit/signed-heads.js';
import { EXIT, Misuse, Refused } from '../exit-codes.js';
import { openProgress } from '../progress.js';
import { serviceOptions, withService, type ServiceOptions } from '../service.js';
import { answer, answerJson, group, verb, type Common } from '../verb.js';
import { verify } from './audit-verify.js';

/** Domain events per request. */
const PAGE = 1_000;
const ROLE =
  'Requires a token with the role auditor. Meaning of the output: docs/concepts/audit.md';

interface EventOptions extends ServiceOptions {
  readonly event: string;
}
interface StoryOptions extends EventOptions {
  readonly id: string;
  readonly csv: boolean;
}

const eventOptions = <Args extends Common>(yargs: Argv<Args>): Argv<Args & EventOptions> =>
  serviceOptions(yargs).positional('event', {
    type: 'string',
    demandOption: true,
    describe: 'Id of the event',
  }) as unknown as Argv<Args & EventOptions>;

/** Creates the verb that shows the history of a seat, a reservation or a customer. */
const story = (name: string, path: string, describe: string, example: string) =>
  verb<StoryOptions>({
    command: `${name} <event> <id>`,
    describe,
    options: (yargs) =>
      eventOptions(yargs)
        .positional('id', { type: 'string', demandOption: true, describe: `Id of the ${name}` })
        .option('csv', {
          type: 'boolean',
          default: false,
          describe: 'Print all fields as CSV',
        })
        .example(
          `$0 audit ${name} 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 ${example}`,
          'one sentence for each change',
        )
        .epilog(ROLE) as unknown as Argv<StoryOptions>,
    run: (args) => {
      if (args.csv && args.json) throw new Misuse('Use either --csv or --json.');
      return withService(args, async (service) => {
        const parts = [args.event, path, args.id].map(encodeURIComponent);
        const base = `/v1/audit/events/${parts.join('/')}`;
        const history = await service.demand('GET', args.csv ? `${base}?format=csv` : base);
        if (args.csv) answer(history as string);
        else if (args.json) answerJson(history);
        else answer(describeStory(history as StoryResponse));
        return EXIT.success;
      });
    },
  });

interface StoryResponse {
  readonly complete: boolean;
  readonly entries: readonly {
    at: string;
    sentence: string;
    actor: { id: string; role: string } | null;
  }[];
  readonly refused: readonly { at: string; sentence: string }[];
}

function describeStory({ complete, entries, refused }: StoryResponse): string {
  const lines = [
    ...entries.map(({ at, sentence, actor }) => ({
      at,
      text: actor ? `${sentence} [${actor.id}, ${actor.role}]` : sentence,
    })),
    ...refused.map(({ at, sentence }) => ({ at, text: sentence })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const shown = lines.map(({ at, text }) => `${at}  ${text}`).join('\n');
  return complete ? shown : `${shown}\n… The history is longer; these are its first entries.`;
}

const state = verb<EventOptions & { at: string; holders: boolean }>({
  command: 'state <event>',
  describe: 'Show the inventory at a revision or a time',
  options: (yargs) =>
    eventOptions(yargs)
      .option('at', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'Revision, or time with Z or an offset',
      })
      .option('holders', {
        type: 'boolean',
        default: false,
        describe: 'Also show who had each seat',
      })
      .example(
        '$0 audit state 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --at 2026-06-11T19:00:00Z',
        'at a time',
      )
      .example(
        '$0 audit state 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --at 4711 --json',
        'after a domain event',
      )
      .epilog(ROLE) as unknown as Argv<EventOptions & { at: string; holders: boolean }>,
  run: (args) =>
    withService(args, async (service) => {
      const query = new URLSearchParams({ at: args.at, ...(args.holders && { holders: 'true' }) });
      const state = await service.demand(
        'GET',
        `/v1/audit/events/${encodeURIComponent(args.event)}/state?${query}`,
      );
      if (args.json) answerJson(state);
      else answer(describeState(state as StateResponse));
      return EXIT.success;
    }),
});

interface StateResponse {
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
}: StateResponse): string {
  const sale = cancelled ? 'canceled' : salesClosed ? 'closed' : 'open';
  const lines = holders.map(
    ({ seatId, status, customerId, reservationId }) =>
      `  ${seatId}  ${withCustomer(status, customerId)}, reservation ${reservationId}`,
  );
  return [`Revision ${revision} of ${at}: ${describeCounts(counts)}; sale ${sale}.`, ...lines].join(
    '\n',
  );
}

const withCustomer = (status: string, customerId: string): string =>
  `${status} ${status === 'sold' ? 'to' : 'for'} ${customerId}`;

const difference = verb<EventOptions & { from: string; to: string }>({
  command: 'diff <event>',
  describe: 'Show the seats whose status differs between two moments',
  options: (yargs) => {
    const moment = { type: 'string', requiresArg: true, demandOption: true } as const;
    return eventOptions(yargs)
      .option('from', { ...moment, describe: 'Earlier moment: a revision or a time' })
      .option('to', { ...moment, describe: 'Later moment: a revision or a time' })
      .example(
        '$0 audit diff 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --from 100 --to 200',
        'between two revisions',
      )
      .epilog(ROLE) as unknown as Argv<EventOptions & { from: string; to: string }>;
  },
  run: (args) =>
    withService(args, async (service) => {
      const query = new URLSearchParams({ from: args.from, to: args.to });
      const path = `/v1/audit/events/${encodeURIComponent(args.event)}/diff?${query}`;
      const { from, to, changes, ...rest } = (await service.demand('GET', path)) as DiffResponse;
      if (args.json) answerJson({ ...rest, from, to, changes });
      else {
        const side = ({ status, customerId }: Side) =>
          customerId ? withCustomer(status, customerId) : status;
        answer(
          [
            `Revision ${from.revision} to ${to.revision}: ${changes.length} seats differ.`,
            ...changes.map(
              ({ seatId, before, after }) => `  ${seatId}  ${side(before)} → ${side(after)}`,
            ),
          ].join('\n'),
        );
      }
      return EXIT.success;
    }),
});

interface Side {
  readonly status: string;
  readonly customerId: string | null;
}
interface DiffResponse {
  readonly from: { revision: number };
  readonly to: { revision: number };
  readonly changes: readonly { seatId: string; before: Side; after: Side }[];
}

const exporting = verb<EventOptions>({
  command: 'export <event>',
  describe: 'Print every domain event of a sale with its sentence, one JSON document per line',
  options: (yargs) =>
    eventOptions(yargs)
      .example(
        '$0 audit export 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 > sale.ndjson',
        'keep a copy, or hand it over',
      )
      .epilog(ROLE) as unknown as Argv<EventOptions>,
  run: (args) =>
    withService(args, async (service) => {
      const base = `/v1/audit/events/${encodeURIComponent(args.event)}/replay`;
      const progress = openProgress({ activity: 'Reading the sale', unit: 'domain events' });
      try {
        for (let from = 0; ; from += PAGE) {
          const reply = await service.ask('GET', `${base}?from=${from}&to=${from + PAGE - 1}`);
          if (from > 0 && reply.body?.code === 'revision-not-reached') return EXIT.success;
          if (reply.status >= 400) throw new Refused(`${reply.body?.title} (${reply.body?.code})`);
          // A response of a single line is valid JSON and was parsed.
          const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
          answer(text);
          progress.update(from + PAGE);
        }
      } finally {
        progress.end();
      }
    }),
});

const signedHeads = verb<ServiceOptions>({
  command: 'checkpoints',
  describe:
    'Print all signed heads of the log, one per line, to be stored where the shop cannot write',
  options: (yargs) =>
    serviceOptions(yargs)
      .example('$0 audit checkpoints > checkpoints.ndjson', 'input of `audit verify --against`')
      .epilog(ROLE) as unknown as Argv<ServiceOptions>,
  run: (args) =>
    withService(args, async (service) => {
      for (let after: number | null = 0; after !== null;) {
        const page: { checkpoints: SignedHead[]; next: number | null } = await service.demand(
          'GET',
          `/v1/audit/checkpoints?after=${after}`,
        );
        for (const { number, document, signature, kid } of page.checkpoints)
          answer(JSON.stringify({ number, document, signature, kid }));
        after = page.next;
      }
      return EXIT.success;
    }),
});

export const audit = group('audit', 'History of sales, and checks for alterations', [
  story('seat', 'seats', 'Show every change of a seat and every rejected request for it', 'A-1-1'),
  story(
    'reservation',
    'reservations',
    'Show the history of a reservation with its payments',
    '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
  ),
  story('customer', 'customers', 'Show what a customer bought or tried to buy at an event', 'anna'),
  state,
  difference,
  exporting,
  signedHeads,
  verify,
]);
