import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Account, Role } from './accounts.js';
import { Problem } from './problems.js';
import type { TokenVerifier } from './token-verifier.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes with `Access`. */
    account: Account | null;
  }
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- how Fastify lets a config be typed
  interface FastifyContextConfig extends RouteSettings {}
}

/** What a route may ask of the server that carries it. */
interface RouteSettings {
  /** Whoever calls must have one of these roles; anybody may call where there are none. */
  roles?: readonly Role[];
  /** Bytes of a body; the server's own limit unless told. */
  bodyLimit?: number;
}

/** Only an account with one of these roles may call. It is checked before the body is read. */
export function Access(roles: readonly Role[], settings: Omit<RouteSettings, 'roles'> = {}): MethodDecorator {
  return applyDecorators(RouteConfig({ roles, ...settings } satisfies RouteSettings), ApiBearerAuth());
}

/** Puts what `Access` asked for into effect; for Fastify's `onRoute`. */
export function applyRouteSettings(route: RouteOptions, verifier: TokenVerifier): void {
  const { roles, bodyLimit } = route.config ?? {};
  if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  if (roles) route.onRequest = [route.onRequest ?? [], admit(verifier, roles)].flat();
}

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
