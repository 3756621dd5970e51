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
import { serviceOptions, withService, type ServiceOptions, type Service } from '../service.js';
import { answer, answerJson, group, report, verb } from '../verb.js';

/** Milliseconds between two requests while waiting for a rebuild. */
const POLL_MS = 500;

interface ProjectionOptions extends ServiceOptions {
  readonly name: string;
}

interface RebuildOptions extends ProjectionOptions {
  readonly wait: boolean;
}

interface ParkedEventOptions extends ProjectionOptions {
  readonly id: string;
}

const ofProjection = <Args extends ServiceOptions>(yargs: Argv<Args>) =>
  yargs.positional('name', {
    type: 'string',
    demandOption: true,
    describe: 'Name of the projection in `projections list`',
  });

const waiting = {
  type: 'boolean',
  default: true,
  describe: 'Wait until it is finished; --no-wait only starts it',
} as const;

const list = verb<ServiceOptions>({
  command: 'list',
  describe: 'List every projection: serving tables, lag, parked events, last rebuild',
  options: (yargs) =>
    serviceOptions(yargs).example('$0 projections list', 'the state of every read model'),
  run: (args) =>
    withService(args, async (service) => {
      const { projections } = (await service.demand('GET', '/v1/ops/projections')) as {
        projections: ProjectionView[];
      };
      if (args.json) answerJson({ projections });
      else answer(describeProjections(projections));
      return projections.some(({ parked }) => parked.failed > 0) ? EXIT.failed : EXIT.success;
    }),
});

const rebuild = verb<RebuildOptions & { acceptDifference: boolean }>({
  command: 'rebuild <name>',
  describe: 'Rebuild its tables while the current ones serve, compare both, then switch',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({
        wait: waiting,
        'accept-difference': {
          type: 'boolean',
          default: false,
          describe: 'Switch although the tables differ; continues a rebuild in phase `differs`',
        },
      })
      .example('$0 projections rebuild seat-status', 'show its progress')
      .example(
        '$0 projections rebuild seat-status --no-wait',
        'start it, and check later with `list`',
      )
      .epilog(
        'Exits with 1 when the tables differ: the rebuild then waits until it is accepted or ' +
          'canceled.',
      ) as unknown as Argv<RebuildOptions & { acceptDifference: boolean }>,
  run: (args) =>
    withService(args, async (service) => {
      const { rebuild: last } = await service.demand('GET', `${pathOf(args.name)}/rebuild`);
      const accepting = args.acceptDifference && last?.phase === 'differs';
      const path = `${pathOf(args.name)}/rebuild${accepting ? '/accept' : ''}`;
      const body = accepting ? undefined : { acceptDifference: args.acceptDifference };
      return follow(service, args, (await service.demand('POST', path, body)).rebuild);
    }),
});

/** Sends the request, which starts work on a projection, and reports the work's progress. */
const startAndFollow = (method: 'POST' | 'DELETE', path: string) => (args: RebuildOptions) =>
  withService(args, async (service) =>
    follow(service, args, (await service.demand(method, pathOf(args.name) + path)).rebuild),
  );

const cancel = verb<RebuildOptions>({
  command: 'cancel <name>',
  describe: 'Cancel the running rebuild and drop its tables; the serving tables stay',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({ wait: waiting })
      .example(
        '$0 projections cancel seat-status',
        'wait until its tables are dropped',
      ) as unknown as Argv<RebuildOptions>,
  run: startAndFollow('DELETE', '/rebuild'),
});

const switchBack = verb<RebuildOptions>({
  command: 'switch-back <name>',
  describe: 'Update the previous tables and serve from them again',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs))
      .options({ wait: waiting })
      .example(
        '$0 projections switch-back seat-status',
        'undo the last switch',
      ) as unknown as Argv<RebuildOptions>,
  run: startAndFollow('POST', '/switch-back'),
});

const parked = verb<ProjectionOptions>({
  command: 'parked <name>',
  describe: 'List domain events that it could not apply, with error and payload',
  options: (yargs) =>
    ofProjection(serviceOptions(yargs)).example(
      '$0 projections parked seat-status --json',
      'with all fields of each event',
    ) as unknown as Argv<ProjectionOptions>,
  run: (args) =>
    withService(args, async (service) => {
      const { parked: events } = (await service.demand('GET', `${pathOf(args.name)}/parked`)) as {
        parked: ParkedView[];
      };
      if (args.json) answerJson({ parked: events });
      else answer(describeParked(events));
      return events.length > 0 ? EXIT.failed : EXIT.success;
    }),
});

const retry = verb<ParkedEventOptions>({
  command: 'retry <name> <id>',
  describe: 'Retry a parked domain event, then apply the events that wait for it',
  options: (yargs) =>
    ofParkedEvent(yargs).example(
      '$0 projections retry seat-status 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
      'after the cause was fixed',
    ),
  run: (args) => settle(args, 'retry'),
});

const skip = verb<ParkedEventOptions & { reason: string }>({
  command: 'skip <name> <id>',
  describe: 'Skip a parked domain event, also in rebuilds; apply the events that wait for it',
  options: (yargs) =>
    ofParkedEvent(yargs)
      .options({
        reason: {
          type: 'string',
          demandOption: true,
          requiresArg: true,
          describe: 'Reason, recorded in the log',
        },
      })
      .example(
        '$0 projections skip seat-status 0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66 --reason ' +
          '"written by a test"',
        'the log records the reason and your account',
      ) as unknown as Argv<ParkedEventOptions & { reason: string }>,
  run: (args) => settle(args, 'skip', { reason: args.reason }),
});

export const projections = group('projections', 'The read models and their rebuilds', [
  list,
  rebuild,
  cancel,
  switchBack,
  parked,
  retry,
  skip,
]);

const ofParkedEvent = (yargs: Parameters<typeof serviceOptions>[0]) =>
  ofProjection(serviceOptions(yargs)).positional('id', {
    type: 'string',
    demandOption: true,
    describe: 'Id of the domain event in `projections parked`',
  }) as unknown as Argv<ParkedEventOptions>;

const pathOf = (name: string): string => `/v1/ops/projections/${encodeURIComponent(name)}`;

/** Waits for the end of a rebuild if `wait` is set, and prints the result. */
async function follow(
  service: Service,
  { name, wait, json }: RebuildOptions,
  asked: RebuildView,
): Promise<ExitCode> {
  const last = wait ? await untilDecided(service, name, asked) : asked;
  if (json) answerJson({ rebuild: last });
  else answer(describeRebuild(last));
  if (!json && last.comparison && !last.comparison.equal)
    report(describeComparison(last.comparison));
  return last.phase === 'differs' ? EXIT.failed : EXIT.success;
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
          activity: view.kind === 'switch-back' ? `Switching ${name} back` : `Rebuilding ${name}`,
          unit: 'domain events',
          total: view.total,
        });
        progress.update(view.done, `${view.phase}, ${view.perSecond.toLocaleString('en-US')}/s`);
      }
      await sleep(POLL_MS);
      const { rebuild: next } = await service.demand('GET', `${pathOf(name)}/rebuild`);
      if (next.startedAt !== asked.startedAt)
        throw new Refused('The rebuild was replaced by another one.');
      view = next;
    }
    progress?.update(view.done, view.phase);
    return view;
  } finally {
    progress?.end();
  }
}

function settle(args: ParkedEventOptions, how: 'retry' | 'skip', body?: object): Promise<ExitCode> {
  return withService(args, async (service) => {
    const path = `${pathOf(args.name)}/parked/${encodeURIComponent(args.id)}/${how}`;
    const { applied } = await service.demand('POST', path, body);
    if (args.json) answerJson({ applied });
    else answer(`${applied} domain events applied.`);
    return EXIT.success;
  });
}
