/**
 * Runs suites for jest in processes that load them natively, with jest-light-runner's worker. Its
 * own pool of processes can lose the configuration that it sends to two processes at once, and
 * then waits for ever.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Milliseconds. */
const MAX_CLOSING_MS = 10_000;
const WORKER = join(import.meta.dirname, 'suite-worker.js');

export default class SuiteRunner {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  /** Called by jest. Each process runs one suite at a time. */
  async runTests(tests, watcher, onStart, onResult, onFailure) {
    const queue = [...tests];
    const runQueue = async () => {
      let worker;
      for (let test = queue.shift(); test; test = queue.shift()) {
        worker ??= new SuiteProcess(this.globalConfig, test.context.config);
        await onStart(test);
        try {
          await onResult(test, await worker.run(test.path));
        } catch (error) {
          worker = undefined;
          await onFailure(test, { message: error.message, stack: error.stack });
        }
      }
      await worker?.end();
    };
    await Promise.all(Array.from({ length: this.globalConfig.maxWorkers }, runQueue));
  }
}

class SuiteProcess {
  constructor(globalConfig, projectConfig) {
    this.child = fork(WORKER, { serialization: 'advanced' });
    this.child.send({ globalConfig, projectConfig, runtime: 'child_process' });
  }

  /** Resolves with jest's result of the suite. @throws Error when the process ends before */
  run(path) {
    return new Promise((resolve, reject) => {
      const ended = (code, signal) =>
        reject(new Error(`The process of ${path} ended with ${signal ?? code}.`));
      this.child.once('exit', ended);
      this.child.once('message', ({ result, error }) => {
        this.child.off('exit', ended);
        if (error) reject(Object.assign(new Error(error.message), { stack: error.stack }));
        else resolve(result);
      });
      this.child.send({ path });
    });
  }

  /** Lets the process close what its suites share. */
  async end() {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.send({ end: true });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), MAX_CLOSING_MS);
    await ended;
    clearTimeout(timer);
  }
}
