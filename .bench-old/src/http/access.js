import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Problem } from './problems.js';
/** Only an account with one of these roles may call. It is checked before the body is read. */ export function Access(roles, settings = {}) {
    return applyDecorators(RouteConfig({
        roles,
        ...settings
    }), ApiBearerAuth());
}
/** Puts what `Access` asked for into effect; for Fastify's `onRoute`. */ export function applyRouteSettings(route, verifier) {
    const { roles, bodyLimit, keepRawBody } = route.config ?? {};
    if (keepRawBody) route.preParsing = [
        route.preParsing ?? [],
        keepBody
    ].flat();
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
    if (roles) route.onRequest = [
        route.onRequest ?? [],
        admit(verifier, roles)
    ].flat();
}
/** Anybody may call; the body is kept as it came. */ export const SignedBody = ()=>applyDecorators(RouteConfig({
        keepRawBody: true
    }));
/** Passes the body on to its parser, and keeps it. */ const keepBody = (request, _reply, payload, done)=>{
    const chunks = [];
    payload.on('data', (chunk)=>chunks.push(chunk));
    payload.on('end', ()=>request.rawBody = Buffer.concat(chunks));
    done(null, payload);
};
/** The account of a request that `Access` has let in. */ export const accountOf = (request)=>request.account;
const BEARER = /^bearer +/i;
function admit(verifier, roles) {
    const enter = (request, account)=>{
        request.account = account;
        if (account.roles.some((role)=>roles.includes(role))) return;
        throw new Problem('role-required', {
            requiredRoles: roles
        });
    };
    return (request, _reply, done)=>{
        try {
            const header = request.headers.authorization ?? '';
            const token = header.replace(BEARER, '');
            if (token === header || token === '') throw new Problem('token-missing');
            const account = verifier.remembered(token);
            if (account) {
                enter(request, account);
                return done();
            }
            verifier.verify(token).then((verified)=>enter(request, verified)).then(()=>done(), done);
        } catch (error) {
            done(error);
        }
    };
}

//# sourceMappingURL=access.js.map