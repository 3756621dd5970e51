import type { Argv } from 'yargs';
import { EXIT } from '../exit-codes.js';
import { serviceOptions, withService, type ServiceOptions } from '../service.js';
import { answer, answerJson, group, verb } from '../verb.js';

interface EventOptions extends ServiceOptions {
  readonly event: string;
}

const show = verb<EventOptions>({
  command: 'show <event>',
  describe: 'Show how many seats of an event are available, reserved, sold and blocked',
  options: (yargs) =>
    serviceOptions(yargs)
      .positional('event', { type: 'string', demandOption: true, describe: 'Id of the event' })
      .example('$0 inventory show 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22', 'the counts only')
      .example(
        '$0 inventory show 7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22 --json',
        'with every seat',
      ) as unknown as Argv<EventOptions>,
  run: (args) =>
    withService(args, async (service) => {
      const seats = (await service.demand(
        'GET',
        `/v1/events/${encodeURIComponent(args.event)}/seat-status`,
      )) as {
        revision: number;
        counts: Readonly<Record<string, number>>;
      };
      if (args.json) answerJson(seats);
      else {
        const counts = Object.entries(seats.counts).map(([word, count]) => `${count} ${word}`);
        answer(`Revision ${seats.revision}: ${counts.join(', ')}.`);
      }
      return EXIT.success;
    }),
});

export const inventory = group('inventory', 'The seats of an event', [show]);
