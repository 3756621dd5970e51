import { parentPort } from 'node:worker_threads';
import { draw, type PrintJob } from './draw.js';

/** The thread that draws. `printer.ts` gives it one job at a time. */
parentPort!.on('message', (job: PrintJob) => {
  draw(job).then(
    (drawn) => parentPort!.postMessage({ drawn }),
    (error: Error) => parentPort!.postMessage({ error: error.message }),
  );
});
