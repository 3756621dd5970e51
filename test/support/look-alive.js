/**
 * Looks at an address again and again from a process of its own, so that what the test does meanwhile does not slow it down.
 * Told `{ url, everyMs }` it begins; told `end` it answers with the milliseconds of each look.
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
