import { randomUUID } from 'node:crypto';
import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import { NoAnswer } from '../timeout.js';
import { encodeAppend, type AppendAnswer, type SentAppend } from './wire/append-messages.js';
import { openAppends, type AppendCall } from './wire/calls.js';

/**
 * Deadline sent to the server, which compares it with its own clock and also applies its own write
 * timeout. It only has to exceed the difference between the clocks. Milliseconds.
 */
const SERVER_DEADLINE_MS = 10 * 60_000;

/** The call has failed: the outcome of each append in flight is unknown. */
export class LaneFailed extends Error {
  override name = 'LaneFailed';
  constructor(
    override readonly cause: Error,
    /** No other append was in flight on the call, so the error concerns this one. */
    readonly alone: boolean,
  ) {
    super(cause.message);
  }
}

interface InFlight {
  alone: boolean;
  readonly resolve: (answer: AppendAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One gRPC call that carries appends, many at a time. The server answers each by its id. */
export class AppendLane {
  private readonly inFlight = new Map<string, InFlight>();
  private failure: Error | undefined;

  private constructor(
    readonly client: EventStoreDBClient,
    private readonly call: AppendCall,
    private readonly onFailure: (error: Error, inFlight: number) => void,
  ) {
    call.on('data', (answer: AppendAnswer) =>
      this.inFlight.get(answer.correlationId)?.resolve(answer),
    );
    call.on('error', (error: Error) => this.fail(convertToCommandError(error)));
    call.on('end', () => this.fail(new Error('the server ended the stream of appends')));
  }

  static async open(
    client: EventStoreDBClient,
    onFailure: (error: Error, inFlight: number) => void,
  ): Promise<AppendLane> {
    return new AppendLane(client, await openAppends(client), onFailure);
  }

  /** @throws NoAnswer, LaneFailed */
  async send(append: SentAppend, timeoutMs: number): Promise<AppendAnswer> {
    if (this.failure) throw new LaneFailed(this.failure, this.inFlight.size === 0);
    const id = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<AppendAnswer>((resolve, reject) => {
        const others = this.inFlight.size;
        if (others === 1) for (const other of this.inFlight.values()) other.alone = false;
        this.inFlight.set(id, { alone: others === 0, resolve, reject });
        timer = setTimeout(
          () => reject(new NoAnswer(`no answer within ${timeoutMs} ms`)),
          timeoutMs,
        );
        // Without waiting for `drain`: the number of appends in flight limits the bytes.
        this.call.write(encodeAppend(append, id, Date.now() + SERVER_DEADLINE_MS));
      });
    } finally {
      clearTimeout(timer);
      this.inFlight.delete(id);
    }
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    for (const { alone, reject } of this.inFlight.values()) reject(new LaneFailed(error, alone));
    this.onFailure(error, this.inFlight.size);
  }
}
