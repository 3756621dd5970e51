import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataDirectory } from '../../../src/adapters/postgres/home.js';

describe('makeDataDirectory', () => {
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'boxoffice-home-'));
  });
  afterAll(() => rm(parent, { recursive: true }));

  it('makes a directory with the ones above it, also several times at once', async () => {
    const path = join(parent, 'a', 'b');
    expect(await Promise.all([makeDataDirectory(path), makeDataDirectory(path)])).toHaveLength(2);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it.each(['file', join('file', 'below')])('names a file in its place: %s', async (name) => {
    await writeFile(join(parent, 'file'), '');
    await expect(makeDataDirectory(join(parent, name))).rejects.toThrow(
      /cannot be made: A file is in its place. Set DATA_DIR to a directory/,
    );
  });

  it('comes to an end where nothing can be made', async () => {
    await expect(makeDataDirectory('/proc/boxoffice/data')).rejects.toThrow(
      'The data directory /proc/boxoffice/data cannot be made',
    );
  });
});
