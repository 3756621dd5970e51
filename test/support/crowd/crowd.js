/**
 * A crowd in a process of its own, so that the test's own machinery does not slow it down. Every
 * buyer has a connection of its own and looks at the seats first, as people do who wait for a sale
 * to begin; then all send their one request at once. Asked and answered over IPC.
 */
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

process.once('message', async ({ url, look, requests }) => {
  const pool = new Pool(url, { connections: requests.length, pipelining: 1 });
  const all = (ask) => Promise.all(requests.map(ask));
  await all(async () => {
    const { body } = await pool.request({ method: 'GET', path: look });
    await body.dump();
  });
  const answers = await all(async ({ path, headers, body }) => {
    const started = performance.now();
    const answer = await pool.request({
      method: 'POST',
      path,
      headers,
      body: JSON.stringify(body),
    });
    await answer.body.dump();
    return { status: answer.statusCode, ms: performance.now() - started };
  });
  await pool.close();
  process.send(answers, () => process.exit(0));
});
