import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LOG_OPERATIONS_NAME } from '../../domain/projection/events.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import type { LogOperations, LogStatus } from '../../ports/projection/log-operations.js';
import type { CommandContext } from '../shared/context.js';
import { Inject } from '../shared/inject.js';
import { recordOperation } from './operate-projection.js';
import { CLOCK, EVENT_STORE, LOG_OPERATIONS } from '../shared/tokens.js';

export interface AcceptLogRejection {
  readonly code: 'log-not-replaced';
}

export type AcceptLogOutcome =
  | { readonly accepted: true; readonly log: LogStatus }
  | { readonly accepted: false; readonly rejection: AcceptLogRejection };

/** Accepts the current log in place of the one that the read models were built from. */
export class AcceptLogCommand extends Command<AcceptLogOutcome> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

@CommandHandler(AcceptLogCommand)
export class AcceptLogHandler implements ICommandHandler<AcceptLogCommand> {
  constructor(
    @Inject(LOG_OPERATIONS) private readonly operations: LogOperations,
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ context }: AcceptLogCommand): Promise<AcceptLogOutcome> {
    const result = await this.operations.accept(context.actor.id);
    if (result === 'not-replaced')
      return { accepted: false, rejection: { code: 'log-not-replaced' } };
    const log = await this.operations.status();
    if (result === 'under-way') return { accepted: true, log };
    const acceptedAt = new Date(this.clock.now()).toISOString();
    const data = { cause: log.acceptance!.cause, acceptedAt };
    await recordOperation(
      this.eventStore,
      this.clock,
      LOG_OPERATIONS_NAME,
      { type: 'LogAccepted', data },
      context,
    );
    return { accepted: true, log };
  }
}
