import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { projectionStream, type ProjectionEvent } from '../../domain/projection/events.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import type {
  Outcome,
  ParkedView,
  ProjectionOperations,
  RebuildView,
} from '../../ports/projection/projection-operations.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';
import { Inject } from '../shared/inject.js';
import { CLOCK, EVENT_STORE, PROJECTION_OPERATIONS } from '../shared/tokens.js';

export type RebuildAction =
  | { readonly kind: 'rebuild'; readonly acceptDifference: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'accept-difference' }
  | { readonly kind: 'switch-back' };

/** Starts a rebuild, or decides on the current one. */
export class RebuildProjectionCommand extends Command<Outcome<{ rebuild: RebuildView }>> {
  constructor(
    readonly projection: string,
    readonly action: RebuildAction,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RebuildProjectionCommand)
export class RebuildProjectionHandler implements ICommandHandler<RebuildProjectionCommand> {
  constructor(
    @Inject(PROJECTION_OPERATIONS) private readonly operations: ProjectionOperations,
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ projection, action, context }: RebuildProjectionCommand) {
    const outcome = await this.act(projection, action, context.actor.id);
    if (outcome.accepted) {
      const event = toEvent(outcome.rebuild, action, new Date(this.clock.now()).toISOString());
      await recordOperation(this.eventStore, this.clock, projection, event, context);
    }
    return outcome;
  }

  private act(projection: string, action: RebuildAction, by: string) {
    switch (action.kind) {
      case 'rebuild':
        return this.operations.startRebuild(projection, by, action.acceptDifference);
      case 'cancel':
        return this.operations.cancelRebuild(projection, by);
      case 'accept-difference':
        return this.operations.acceptDifference(projection, by);
      case 'switch-back':
        return this.operations.switchBack(projection, by);
    }
  }
}

function toEvent(
  { projection, version, generation }: RebuildView,
  action: RebuildAction,
  at: string,
): ProjectionEvent {
  const tables = { projection, version, generation };
  switch (action.kind) {
    case 'rebuild':
      return {
        type: 'RebuildStarted',
        data: { ...tables, acceptDifference: action.acceptDifference, startedAt: at },
      };
    case 'cancel':
      return { type: 'RebuildCancelled', data: { ...tables, cancelledAt: at } };
    case 'accept-difference':
      return { type: 'DifferenceAccepted', data: { ...tables, acceptedAt: at } };
    case 'switch-back':
      return { type: 'SwitchBackStarted', data: { ...tables, startedAt: at } };
  }
}

/** Retries a parked domain event, or skips it for a reason. */
export class SettleParkedEventCommand extends Command<Outcome<{ applied: number }>> {
  constructor(
    readonly projection: string,
    readonly eventId: string,
    readonly action:
      { readonly kind: 'retry' } | { readonly kind: 'skip'; readonly reason: string },
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(SettleParkedEventCommand)
export class SettleParkedEventHandler implements ICommandHandler<SettleParkedEventCommand> {
  constructor(
    @Inject(PROJECTION_OPERATIONS) private readonly operations: ProjectionOperations,
    @Inject(EVENT_STORE) private readonly eventStore: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ projection, eventId, action, context }: SettleParkedEventCommand) {
    const parked = await this.operations.parkedEvent(projection, eventId);
    if (!parked.accepted) return parked;
    const at = new Date(this.clock.now()).toISOString();
    const identity = identityOf(projection, parked.parked);
    const append = (event: ProjectionEvent) =>
      recordOperation(this.eventStore, this.clock, projection, event, context);
    if (action.kind === 'retry') {
      const outcome = await this.operations.retryParked(projection, eventId);
      if (outcome.accepted)
        await append({ type: 'ParkedEventRetried', data: { ...identity, retriedAt: at } });
      return outcome;
    }
    // The reason must be in the log before the domain event is skipped.
    const data = { ...identity, reason: action.reason, skippedAt: at };
    await append({ type: 'ParkedEventSkipped', data });
    return this.operations.skipParked(projection, eventId, context.actor.id, action.reason);
  }
}

const identityOf = (projection: string, { stream, revision, id, type }: ParkedView) => ({
  projection,
  stream,
  revision,
  eventId: id,
  type,
});

/** Maximum of retries after an append conflict. */
const MAX_CONFLICTS = 10;

/** Appends an operator's action to the projection's stream. */
export async function recordOperation(
  eventStore: EventStore,
  clock: Clock,
  projection: string,
  event: ProjectionEvent,
  context: CommandContext,
): Promise<void> {
  const stream = projectionStream(projection);
  for (let conflicts = 0; ; conflicts++) {
    let revision = NO_STREAM;
    for await (const last of eventStore.readStream(stream, { direction: 'backwards', maxCount: 1 }))
      ({ revision } = last);
    const commandId = derivedId(context.commandId, event.type, String(revision));
    try {
      return await appendOnce(
        eventStore,
        clock,
        stream,
        revision,
        toNewEvents([event], { ...context, commandId }),
      );
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}
