import { existsSync } from 'node:fs';
import { parentPort, Worker, type TransferListItem } from 'node:worker_threads';

/** Runs one job at a time in its own thread. */
export interface Thread<Job, Result> {
  /**
   * `transfer`: objects that are moved instead of copied. Call only when the previous job has
   * ended.
   */
  run(job: Job, transfer?: readonly TransferListItem[]): Promise<Result>;
  close(): Promise<void>;
}

export interface ThreadOptions<Job, Result> {
  /**
   * The compiled file, which calls `answerJobs`. Tests run the sources without a compiled file, so
   * their jobs run `here`.
   */
  readonly file: string;
  here(job: Job): Result | Promise<Result>;
  /**
   * A job that takes longer fails and its thread is ended; the next job gets a new thread.
   * Milliseconds.
   */
  readonly jobMs: number;
  readonly heapMb: number;
  /** The thread is ended after this long without a job. Milliseconds. Missing: never. */
  readonly idleMs?: number;
  failure(message: string, cause?: Error): Error;
}

type Answer<Result> = { readonly result: Result } | { readonly error: string };

export function openThread<Job, Result>(options: ThreadOptions<Job, Result>): Thread<Job, Result> {
  return existsSync(options.file) ? inThread(options) : runHere(options);
}

const runHere = <Job, Result>({
  here,
  failure,
}: ThreadOptions<Job, Result>): Thread<Job, Result> => ({
  run: async (job) => {
    try {
      return await here(job);
    } catch (error) {
      throw failure((error as Error).message, error as Error);
    }
  },
  close: () => Promise.resolve(),
});

function inThread<Job, Result>(options: ThreadOptions<Job, Result>): Thread<Job, Result> {
  const { file, jobMs, heapMb, idleMs, failure } = options;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  const start = (): Worker => {
    const started = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
    started.unref();
    // The running job gets the error too; an error without a listener would end the process.
    started.on('error', () => {});
    started.once('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  };
  const drop = () => {
    const dropped = worker;
    worker = undefined;
    return dropped?.terminate();
  };

  const run = (job: Job, transfer: readonly TransferListItem[] = []): Promise<Result> =>
    new Promise((resolve, reject) => {
      clearTimeout(idle);
      const thread = (worker ??= start());
      const end = (settle: () => void) => {
        clearTimeout(timer);
        thread.off('message', onMessage).off('error', onError).off('exit', onExit);
        if (idleMs !== undefined) idle = setTimeout(() => void drop(), idleMs).unref();
        settle();
      };
      const fail = (reason: string) => end(() => reject(failure(reason)));
      const onMessage = (answer: Answer<Result>) =>
        'error' in answer ? fail(answer.error) : end(() => resolve(answer.result));
      const onError = (error: Error) => fail(error.message);
      const onExit = () => fail('the thread has ended');
      const timer = setTimeout(() => {
        void drop();
        fail(`not done within ${jobMs} ms`);
      }, jobMs);
      thread.on('message', onMessage).on('error', onError).on('exit', onExit);
      thread.postMessage(job, transfer);
    });

  return {
    run,
    close: async () => {
      clearTimeout(idle);
      await drop();
    },
  };
}

/** Inside a thread: answers each job with its result, or with the message of what it throws. */
export function answerJobs<Job, Result>(work: (job: Job) => Result | Promise<Result>): void {
  const port = parentPort!;
  port.on('message', (job: Job) => {
    Promise.resolve(job)
      .then(work)
      .then(
        (result) => port.postMessage({ result } satisfies Answer<Result>),
        (error: Error) => port.postMessage({ error: error.message } satisfies Answer<Result>),
      );
  });
}
