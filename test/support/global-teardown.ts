import { rm } from 'node:fs/promises';

export default async function tearDown(): Promise<void> {
  const server = globalThis.boxofficeTestServer;
  if (!server) return;
  await server.postgres.stop();
  await rm(server.directory, { recursive: true, force: true });
}
