/**
 * The process of `suite-runner.js`. Its first message is the configuration, each further one a
 * suite, the last one `end`. Suites add to `closeAfterSuites` what they share.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = join(import.meta.dirname, '../node_modules/jest-light-runner/src/worker-runner.js');
const { default: run, setWorkerData } = await import(pathToFileURL(file).href);

globalThis.closeAfterSuites = [];
let isConfigured = false;
process.on('message', async (message) => {
  if (!isConfigured) {
    setWorkerData(message);
    isConfigured = true;
    return;
  }
  if (message.end) {
    await Promise.allSettled(globalThis.closeAfterSuites.map((close) => close()));
    process.exit();
  }
  try {
    process.send({ result: await run(message.path) });
  } catch ({ message: text, stack }) {
    process.send({ error: { message: text, stack } });
  }
});
