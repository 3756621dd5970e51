import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest, preParsingHookHandler, RouteOptions } from 'fastify';
import type { Account, Role } from './accounts.js';
import { Problem } from '../problems/problems.js';
import type { TokenVerifier } from './token-verifier.js';
import { takeTurnsToUpload } from '../platform/uploads.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes with `Access`. */
    account: Account | null;
    /** Set on routes with `keepRawBody`, and for large bodies on routes with `rawJson`. */
    rawBody?: Buffer;
  }
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- how Fastify lets a config be typed
  interface FastifyContextConfig extends RouteSettings {}
}

/** What a route may ask of the server that carries it. */
interface RouteSettings {
  /** Whoever calls must have one of these roles; anybody may call where there are none. */
  roles?: readonly Role[];
  /** The body is kept as it came, in `rawBody`, for a signature over it. */
  keepRawBody?: boolean;
  /** Bytes of a body; the server's own limit when left out. */
  bodyLimit?: number;
  /** The handler gets the JSON as unparsed bytes; only a few large bodies are read at a time. Needs `roles`. */
  rawJson?: boolean;
}

/** Only an account with one of these roles may call. It is checked before the body is read. */
export function Access(
  roles: readonly Role[],
  settings: Omit<RouteSettings, 'roles'> = {},
): MethodDecorator {
  return applyDecorators(
    RouteConfig({ roles, ...settings } satisfies RouteSettings),
    ApiBearerAuth(),
  );
}

/** Puts what `Access` asked for into effect; for Fastify's `onRoute`. */
export function applyRouteSettings(route: RouteOptions, verifier: TokenVerifier): void {
  const { roles, bodyLimit, keepRawBody, rawJson } = route.config ?? {};
  if (keepRawBody) route.preParsing = [route.preParsing ?? [], keepBody].flat();
  if (rawJson) route.preParsing = [route.preParsing ?? [], takeTurnsToUpload()].flat();
  if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  if (roles) route.onRequest = [route.onRequest ?? [], admit(verifier, roles)].flat();
}

/** Anybody may call; the body is kept as it came. */
export const SignedBody = (): MethodDecorator =>
  applyDecorators(RouteConfig({ keepRawBody: true } satisfies RouteSettings));

/** Passes the body on to its parser, and keeps it. */
const keepBody: preParsingHookHandler = (request, _reply, payload, done) => {
  const chunks: Buffer[] = [];
  payload.on('data', (chunk: Buffer) => chunks.push(chunk));
  payload.on('end', () => (request.rawBody = Buffer.concat(chunks)));
  done(null, payload);
};

/** The account of a request that `Access` has let in. */
export const accountOf = (request: FastifyRequest): Account => request.account!;

const BEARER = /^bearer +/i;

function admit(verifier: TokenVerifier, roles: readonly Role[]) {
  const enter = (request: FastifyRequest, account: Account) => {
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
        enter(request, account);
        return done();
      }
      verifier
        .verify(token)
        .then((verified) => enter(request, verified))
        .then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  };
}
