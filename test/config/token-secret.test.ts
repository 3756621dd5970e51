import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.js';
import { tokenSecret } from '../../src/config/token-secret.js';

const SECRET = 'k'.repeat(32);

describe('tokenSecret', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-config-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is JWT_SECRET when that is set', () => {
    expect(tokenSecret(readConfig({ JWT_SECRET: SECRET, DATA_DIR: directory }))).toBe(SECRET);
  });

  it('is made once, kept for the owner only, and the same ever after', async () => {
    const config = readConfig({ DATA_DIR: join(directory, 'new') });
    const made = tokenSecret(config);
    expect(made!.length).toBeGreaterThanOrEqual(32);
    expect(tokenSecret(config)).toBe(made);
    const path = join(directory, 'new', 'jwt-secret');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'utf8')).trim()).toBe(made);
  });

  it('is none when tokens are verified by public keys alone', () => {
    const config = readConfig({ JWT_JWKS_URL: 'https://id.example/keys', DATA_DIR: directory });
    expect(tokenSecret(config)).toBeUndefined();
  });

  it('refuses a file that holds no usable key', async () => {
    await writeFile(join(directory, 'jwt-secret'), 'short\n');
    expect(() => tokenSecret(readConfig({ DATA_DIR: directory }))).toThrow(/holds no usable key/);
  });
});
