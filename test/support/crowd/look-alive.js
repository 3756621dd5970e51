/**
 * Polls an address from a separate process, so that the work of the test does not slow it down. The
 * message `{ url, everyMs }` starts it; after `end` it sends the duration of each request in
 * milliseconds.
 */
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

let ended = false;
const times = [];

process.on('message', async (message) => {
  if (message === 'end') return void (ended = true);
  const { url, everyMs } = message;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!ended) {
    const began = performance.now();
    await new Promise((resolve, reject) => {
      get(url, { agent }, (answer) => answer.resume().once('end', resolve)).once('error', reject);
    });
    times.push(performance.now() - began);
    await pause(everyMs);
  }
  process.send(times, () => process.exit(0));
});
