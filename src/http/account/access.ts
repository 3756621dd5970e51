import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest, preParsingHookHandler, RouteOptions } from 'fastify';
import type { Account, Role } from './accounts.js';
import { Problem } from '../problems/problems.js';
import type { TokenVerifier } from './token-verifier.js';
import { limitUploads } from '../platform/server/uploads.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes with `Access`. */
    account: Account | null;
    /** Set on routes with `keepRawBody`, and for large bodies on routes with `rawJson`. */
    rawBody?: Buffer;
  }
  // Fastify's way to type a route's config.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface FastifyContextConfig extends RouteSettings {}
}

/** Settings of a route, applied when it is registered. */
interface RouteSettings {
  /** The account must have one of these roles; a route without roles is public. */
  roles?: readonly Role[];
  /** Keeps the unparsed body in `rawBody`, to verify a signature over it. */
  keepRawBody?: boolean;
  /** Limit of the body in bytes; by default that of the server. */
  bodyLimit?: number;
  /**
   * Passes the JSON to the handler as unparsed bytes; few large bodies are read at a time. Needs
   * `roles`.
   */
  rawJson?: boolean;
}

/** Allows only accounts with one of these roles. The token is checked before the body is read. */
export function Access(
  roles: readonly Role[],
  settings: Omit<RouteSettings, 'roles'> = {},
): MethodDecorator {
  return applyDecorators(
    RouteConfig({ roles, ...settings } satisfies RouteSettings),
    ApiBearerAuth(),
  );
}

/** Applies the settings of `Access` and `SignedBody` to a route, for Fastify's `onRoute`. */
export function applyRouteSettings(route: RouteOptions, verifier: TokenVerifier): void {
  const { roles, bodyLimit, keepRawBody, rawJson } = route.config ?? {};
  if (keepRawBody) route.preParsing = [route.preParsing ?? [], keepBody].flat();
  if (rawJson) route.preParsing = [route.preParsing ?? [], limitUploads()].flat();
  if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  if (roles) route.onRequest = [route.onRequest ?? [], authenticate(verifier, roles)].flat();
}

/** Makes a route public and keeps its unparsed body. */
export const SignedBody = (): MethodDecorator =>
  applyDecorators(RouteConfig({ keepRawBody: true } satisfies RouteSettings));

/** Collects the body while its parser reads it. */
const keepBody: preParsingHookHandler = (request, _reply, payload, done) => {
  const chunks: Buffer[] = [];
  payload.on('data', (chunk: Buffer) => chunks.push(chunk));
  payload.on('end', () => (request.rawBody = Buffer.concat(chunks)));
  done(null, payload);
};

/** Returns the account of a request to a route with `Access`. */
export const accountOf = (request: FastifyRequest): Account => request.account!;

const BEARER = /^bearer +/i;

/**
 * Returns the hook that sets `request.account`. It calls back at once for a token that was verified
 * before.
 */
function authenticate(verifier: TokenVerifier, roles: readonly Role[]) {
  const authorize = (request: FastifyRequest, account: Account) => {
    request.account = account;
    if (account.roles.some((role) => roles.includes(role))) return;
    throw new Problem('role-required', { requiredRoles: roles });
  };
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      const header = request.headers.authorization ?? '';
      const token = header.replace(BEARER, '');
      if (token === header || token === '') throw new Problem('token-missing');
      const account = verifier.remembered(token);
      if (account) {
        authorize(request, account);
        return done();
      }
      verifier
        .verify(token)
        .then((verified) => authorize(request, verified))
        .then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  };
}
