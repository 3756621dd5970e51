import { AcceptLogCommand, AcceptLogHandler } from '../../../src/commands/projection/accept-log.js';
import type { CommandContext } from '../../../src/commands/shared/context.js';
import type { EventStore } from '../../../src/ports/event-store/event-store.js';
import type {
  AcceptResult,
  LogOperations,
  LogStatus,
} from '../../../src/ports/projection/log-operations.js';

const context: CommandContext = {
  ...{
    commandId: 'c1',
    correlationId: 'c1',
    causationId: 'c1',
    actor: { id: 'otto', role: 'operator' },
  },
};

/** Accepts with the given result, and counts the domain events that are recorded. */
async function accept(result: AcceptResult) {
  let recorded = 0;
  const operations = {
    accept: async () => result,
    status: async () => ({ acceptance: { cause: 'older backup' } }) as unknown as LogStatus,
  } as unknown as LogOperations;
  const eventStore = {
    readStream: async function* () {},
    append: async () => ({ revision: BigInt(recorded++) }),
  } as unknown as EventStore;
  const clock = { now: () => 0, sleep: async () => {} };
  const outcome = await new AcceptLogHandler(operations, eventStore, clock).execute(
    new AcceptLogCommand(context),
  );
  return { accepted: outcome.accepted, recorded };
}

describe('accepting another log', () => {
  it('records a new acceptance once', async () => {
    expect(await accept('started')).toEqual({ accepted: true, recorded: 1 });
  });

  it('records nothing for an acceptance that is under way', async () => {
    expect(await accept('under-way')).toEqual({ accepted: true, recorded: 0 });
  });

  it('rejects the log of the read models', async () => {
    expect(await accept('not-replaced')).toEqual({ accepted: false, recorded: 0 });
  });
});
