import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from 'yargs';
import type {
  ParkedView,
  ProjectionView,
  RebuildView,
} from '../../ports/projection/projection-operations.js';
import { EXIT, Refused, type ExitCode } from '../exit-codes.js';
import { openProgress } from '../progress.js';
import {
  describeComparison,
  describeParked,
  describeProjections,
  describeRebuild,
} from '../reports/projection-report.js';
import { serviceOptions, withService, type OfService, type Service } from '../service.js';
import { answer, answerJson, group, tell, verb } from '../verb.js';

/** Between looks at a rebuild that is followed. Milliseconds. */
const LOOK_MS = 500;

interface OfProjection extends OfService {
  readonly name: string;
}

interface Followed extends OfProjection {
  readonly wait: boolean;
}

interface OfParkedEvent extends OfProjection {
  readonly id: string;
}

const ofProjection = <Args extends OfService>(yargs: Argv<Args>) =>
  yargs.positional('name', {
    type: 'string',
    demandOption: true,
    describe: 'The projection, as `projections list` names it',
  });

const waiting = {
  type: 'boolean',
  default: true,
  describe: 'Follow it to its end; --no-wait only asks for it',
} as const;

const list = verb<OfService>({
  command: 'list',
  describe: 'Every projection: what serves, its lag, what is parked, its last rebuild',
  options: (yargs) =>
    serviceOptions(yargs).example('$0 projections list', 'how far every read model is'),
  run: (args) =>
    withService(args, async (service) => {
      const { projections } = (await service.demand('GET', '/v1/ops/projections')) as {
        projections: ProjectionView[];
      };
      if (args.json) answerJson({ projections });
      else answer(describeProjections(projections));
      return projections.some(({ parked }) => parked.failed > 0) ? EXIT.failed : EXIT.fine;
    }),
});

const rebuild = verb<Followed & { acceptDifference: boolean }>({
  command: 'rebuild <name>',
  describe: 'Build its tables again while the present ones serve; compare, and switch',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({
        wait: waiting,
        'accept-difference': {
          ...{ type: 'boolean', default: false },
          describe:
            'Switch also where old and new differ; for one that waits with `differs`, let it go on',
        },
      })
      .example('$0 projections rebuild seat-status', 'with a bar that follows it')
      .example(
        '$0 projections rebuild seat-status --no-wait',
        'ask for it, and look later with `list`',
      )
      .epilog(
        'Ends with 1 when old and new differ: then nothing has switched, and the rebuild waits to be accepted or cancelled.',
      ) as unknown as Argv<Followed & { acceptDifference: boolean }>,
  run: (args) =>
    withService(args, async (service) => {
      const { rebuild: last } = await service.demand('GET', `${pathOf(args.name)}/rebuild`);
      const accepting = args.acceptDifference && last?.phase === 'differs';
      const path = `${pathOf(args.name)}/rebuild${accepting ? '/accept' : ''}`;
      const body = accepting ? undefined : { acceptDifference: args.acceptDifference };
      return follow(service, args, (await service.demand('POST', path, body)).rebuild);
    }),
});

const cancel = verb<Followed>({
  command: 'cancel <name>',
  describe: 'End the rebuild under way; what it has built is dropped, what serves is not touched',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({ wait: waiting })
      .example(
        '$0 projections cancel seat-status',
        'until its tables are gone',
      ) as unknown as Argv<Followed>,
  run: (args) =>
    withService(args, async (service) =>
      follow(
        service,
        args,
        (await service.demand('DELETE', `${pathOf(args.name)}/rebuild`)).rebuild,
      ),
    ),
});

const switchBack = verb<Followed>({
  command: 'switch-back <name>',
  describe: 'Bring the tables that served before up to date, and let them serve again',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({ wait: waiting })
      .example(
        '$0 projections switch-back seat-status',
        'undo the last switch',
      ) as unknown as Argv<Followed>,
  run: (args) =>
    withService(args, async (service) =>
      follow(
        service,
        args,
        (await service.demand('POST', `${pathOf(args.name)}/switch-back`)).rebuild,
      ),
    ),
});

const parked = verb<OfProjection>({
  command: 'parked <name>',
  describe: 'Domain events that it could not apply, with error and payload',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs)).example(
      '$0 projections parked seat-status --json',
      'with all that is recorded of each',
    ) as unknown as Argv<OfProjection>,
  run: (args) =>
    withService(args, async (service) => {
      const { parked: events } = (await service.demand('GET', `${pathOf(args.name)}/parked`)) as {
        parked: ParkedView[];
      };
      if (args.json) answerJson({ parked: events });
      else answer(describeParked(events));
      return events.length > 0 ? EXIT.failed : EXIT.fine;
    }),
});

const retry = verb<OfParkedEvent>({
  command: 'retry <name> <id>',
  describe: 'Try a parked domain event again, and then what waits behind it',
  options: (yargs) =>
    ofParkedEvent(yargs).example(
      '$0 projections retry seat-status 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
      'once the cause is mended',
    ),
  run: (args) => settle(args, 'retry'),
});

const skip = verb<OfParkedEvent & { reason: string }>({
  command: 'skip <name> <id>',
  describe: 'Leave a parked domain event out, now and in every rebuild; apply what waits behind it',
  options: (yargs) =>
    ofParkedEvent(yargs)
      .options({
        reason: {
          type: 'string',
          demandOption: true,
          requiresArg: true,
          describe: 'Kept in the log',
        },
      })
      .example(
        '$0 projections skip seat-status 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66 --reason "written by a test"',
        'the log keeps the reason, and who gave it',
      ) as unknown as Argv<OfParkedEvent & { reason: string }>,
  run: (args) => settle(args, 'skip', { reason: args.reason }),
});

export const projections = group('projections', 'The read models and how they are built', [
  ...[list, rebuild, cancel, switchBack, parked, retry, skip],
]);

const ofParkedEvent = (yargs: Parameters<typeof serviceOptions>[0]) =>
  ofProjection(serviceOptions(yargs)).positional('id', {
    ...{ type: 'string', demandOption: true },
    describe: 'Of the domain event, as `projections parked` shows it',
  }) as unknown as Argv<OfParkedEvent>;

const pathOf = (name: string): string => `/v1/ops/projections/${encodeURIComponent(name)}`;

/** Shows how far it is until it is over, or waits for somebody to decide. */
async function follow(
  service: Service,
  { name, wait, json }: Followed,
  asked: RebuildView,
): Promise<ExitCode> {
  const last = wait ? await untilDecided(service, name, asked) : asked;
  if (json) answerJson({ rebuild: last });
  else answer(describeRebuild(last));
  if (!json && last.comparison && !last.comparison.equal) tell(describeComparison(last.comparison));
  return last.phase === 'differs' ? EXIT.failed : EXIT.fine;
}

const DECIDED: readonly RebuildView['phase'][] = ['differs', 'switched', 'cancelled'];

async function untilDecided(
  service: Service,
  name: string,
  asked: RebuildView,
): Promise<RebuildView> {
  let view = asked;
  let progress: ReturnType<typeof openProgress> | undefined;
  try {
    while (!DECIDED.includes(view.phase) || view.startedAt !== asked.startedAt) {
      if (view.total !== null) {
        progress ??= openProgress({
          ...{
            what: view.kind === 'switch-back' ? `Switching ${name} back` : `Rebuilding ${name}`,
          },
          ...{ unit: 'domain events', total: view.total },
        });
        progress.at(view.done, `${view.phase}, ${view.perSecond.toLocaleString('en-US')}/s`);
      }
      await sleep(LOOK_MS);
      const { rebuild: next } = await service.demand('GET', `${pathOf(name)}/rebuild`);
      if (next.startedAt !== asked.startedAt)
        throw new Refused('Another rebuild has taken its place.');
      view = next;
    }
    progress?.at(view.done, view.phase);
    return view;
  } finally {
    progress?.end();
  }
}

function settle(args: OfParkedEvent, how: 'retry' | 'skip', body?: object): Promise<ExitCode> {
  return withService(args, async (service) => {
    const path = `${pathOf(args.name)}/parked/${encodeURIComponent(args.id)}/${how}`;
    const { applied } = await service.demand('POST', path, body);
    if (args.json) answerJson({ applied });
    else answer(`${applied} domain events applied.`);
    return EXIT.fine;
  });
}
