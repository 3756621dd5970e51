/**
 * A crowd in a process of its own, so that the test's own machinery does not slow it down: every buyer sends one
 * request, all at once, over a connection of its own. Asked and answered over IPC.
 */
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

process.once('message', async ({ url, requests }) => {
  const pool = new Pool(url, { connections: requests.length, pipelining: 1 });
  const answers = await Promise.all(
    requests.map(async ({ path, headers, body }) => {
      const started = performance.now();
      const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
      await answer.body.dump();
      return { status: answer.statusCode, ms: performance.now() - started };
    }),
  );
  await pool.close();
  process.send(answers, () => process.exit(0));
});
