import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/config/settings.js';
import { readConfig } from '../../src/config/config.js';
import {
  INITDB_ARGUMENTS,
  LC_CTYPES,
  POSTGRES_SETTINGS,
} from '../../src/adapters/postgres/settings.js';

interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment: Record<string, string>;
  healthcheck: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  volumes?: string[];
}

const read = (name: string): string => readFileSync(name, 'utf8');
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { app, postgres, eventstore } = compose.services as Record<
  'app' | 'postgres' | 'eventstore',
  Service
>;

/** Replaces `${NAME:-default}` and `${NAME:?message}` as `docker compose` does. */
function substituted(text: string, env: Record<string, string>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind?: string, rest = '') => {
      if (env[name]) return env[name];
      if (kind === '?') throw new Error(rest);
      return kind === '-' ? rest : '';
    },
  );
}

const appEnvironment = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(app.environment).map(([name, text]) => [name, substituted(text, env)]),
  );

const SECRETS = {
  JWT_SECRET: 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA',
  POSTGRES_PASSWORD: 'f00d',
  TICKET_SIGNING_KEYS: '{"keys":[]}',
  AUDIT_SIGNING_KEYS: '{"keys":[]}',
  PAYMENTS: 'sandbox',
};

describe('docker-compose.yml', () => {
  it('brings up the application and every real service', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'app',
      'edge',
      'eventstore',
      'opensearch',
      'postgres',
      'redis',
    ]);
  });

  it.each(Object.entries(compose.services))(
    '%s is health-checked and of one version',
    (name, service) => {
      expect(service.healthcheck.test[0]).toMatch(/^CMD(-SHELL)?$/);
      expect(service.image).toMatch(
        name === 'app' ? /^boxoffice:local$/ : /^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/,
      );
      for (const volume of service.volumes ?? []) {
        const [from] = volume.split(':') as [string];
        if (from.startsWith('./')) expect(read(from)).not.toBe('');
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    },
  );

  it('starts the application once what it asks is healthy, whatever the rest is', () => {
    expect(app.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      eventstore: { condition: 'service_healthy' },
    });
  });

  it('lets nothing but the edge be reached from other machines', () => {
    for (const [name, { ports = [] }] of Object.entries(compose.services)) {
      if (name !== 'edge') for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('sets only variables that the application reads', () => {
    const known = SETTINGS.map(({ name }) => name);
    for (const name of Object.keys(app.environment)) expect(known).toContain(name);
  });

  it('gives the application a valid configuration, in production and to try it out', () => {
    const config = readConfig(appEnvironment(SECRETS));
    expect(config).toMatchObject({
      environment: 'production',
      host: '0.0.0.0',
      port: 3000,
      devTokens: false,
      samples: false,
      payments: 'sandbox',
    });
    expect(config.databaseUrl).toBe('postgres://boxoffice:f00d@postgres:5432/boxoffice');
    expect(config.eventStoreUrl).toBe('esdb://eventstore:2113?tls=false');
    expect(config.warnings).toEqual([]);
    const trial = readConfig(
      appEnvironment({ ...SECRETS, NODE_ENV: 'development', DEV_TOKENS: 'on' }),
    );
    expect(trial).toMatchObject({ environment: 'development', devTokens: true });
  });

  it.each([
    'JWT_SECRET',
    'POSTGRES_PASSWORD',
    'TICKET_SIGNING_KEYS',
    'AUDIT_SIGNING_KEYS',
    'PAYMENTS',
  ])('does not start without %s', (name) => {
    expect(() => appEnvironment({ ...SECRETS, [name]: '' })).toThrow(`put ${name} into .env`);
  });

  it('holds no secret', () => {
    const secrets = SETTINGS.filter(({ secret }) => secret).map(({ name }) => name);
    const given = secrets.filter((name) => name in app.environment && !name.endsWith('_URL'));
    for (const name of given) {
      expect(app.environment[name]).toMatch(/^\$\{\w+:[?-]/);
    }
    expect(app.environment.DATABASE_URL).toContain('${POSTGRES_PASSWORD:?');
    expect(postgres.environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  });

  it('names every variable of .env.example, and that file every one it takes', () => {
    const offered = read('.env.example').match(/^\w+(?==)/gm);
    const taken = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    expect([...new Set(offered)].sort()).toEqual([...new Set(taken)].sort());
  });

  it('runs Postgres with the settings that the embedded one runs with', () => {
    const [program, ...flags] = postgres.command!;
    const given = flags.flatMap((flag, index) =>
      index % 2 === 1 ? [flag.split(/=(.*)/s).slice(0, 2)] : [],
    );
    expect([program, ...new Set(flags.filter((_, index) => index % 2 === 0))]).toEqual([
      'postgres',
      '-c',
    ]);
    expect(Object.fromEntries(given)).toEqual(POSTGRES_SETTINGS);
    expect(postgres.environment.POSTGRES_INITDB_ARGS!.split(' ')).toEqual([
      ...INITDB_ARGUMENTS,
      `--lc-ctype=${LC_CTYPES[0]}`,
    ]);
    expect(postgres.image).toMatch(/^postgres:18\./);
  });

  it('keeps what EventStoreDB is told on disk', () => {
    expect(eventstore.environment).toMatchObject({
      EVENTSTORE_MEM_DB: 'false',
      EVENTSTORE_DB: '/var/lib/eventstore',
    });
    expect(eventstore.volumes).toContain('eventstore-data:/var/lib/eventstore');
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const ignore = read('.dockerignore');

  it('copies only what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) =>
      names!.split(' '),
    );
    for (const name of copied) expect(ignore.split('\n')).toContain(`!${name}`);
    expect(copied).toEqual(expect.arrayContaining(['package-lock.json', 'src', 'samples', 'web']));
  });

  it('runs as an ordinary user, on one Node with npm start’s flags, and checks its health', () => {
    expect(new Set(dockerfile.match(/^FROM \S+/gm))).toEqual(new Set(['FROM node:24.21.0-slim']));
    expect(dockerfile.trimEnd().split('\n')).toContain('USER node');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    for (const flag of scripts.start.match(/--\S+/g)!) expect(dockerfile).toContain(`"${flag}"`);
    expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*\/health\/ready/m);
  });
});
