function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
import { Catch, HttpException, Logger } from '@nestjs/common';
import { OutcomeUnknown } from '../commands/append-once.js';
import { MailboxFull, TooManyConflicts } from '../commands/inventory-writer.js';
import { AmbiguousAppend, EventStoreUnavailable } from '../ports/event-store.js';
import { PaymentOutcomeUnknown } from '../ports/payment-gateway.js';
import { InvalidCursor } from '../read-models/events-queries.js';
import { problemKind } from './problem-table.js';
import { Problem, problemBody, problemHeaders } from './problems.js';
const logger = new Logger('Http');
/** Answers a refusal without a throw: on a busy sale most requests end here. */ export function sendProblem(request, reply, code, members) {
    return reply.code(problemKind(code).status).headers(problemHeaders(code)).send(JSON.stringify(problemBody(code, pathOf(request), members)));
}
/** The path that was asked for: a query may carry what does not belong into an answer or a log. */ export function pathOf(request) {
    const { url } = request;
    const query = url.indexOf('?');
    return query < 0 ? url : url.slice(0, query);
}
export class ProblemFilter {
    catch(error, host) {
        const http = host.switchToHttp();
        const request = http.getRequest();
        const reply = http.getResponse();
        if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
        answerError(error, request, reply);
    }
}
ProblemFilter = _ts_decorate([
    Catch()
], ProblemFilter);
export function answerError(error, request, reply) {
    const { code, members } = problemOf(error, request);
    if (code === 'internal-error') {
        logger.error({
            requestId: request.id,
            method: request.method,
            path: pathOf(request),
            error: textOf(error)
        });
    } else if (problemKind(code).status >= 500) {
        logger.warn(`${request.method} ${pathOf(request)} ${request.id}: ${code}: ${messagesOf(error)}`);
    }
    sendProblem(request, reply, code, members);
}
const textOf = (error)=>error instanceof Error ? error.stack ?? error.message : String(error);
function messagesOf(error) {
    if (!(error instanceof Error)) return String(error);
    return error.cause === undefined ? error.message : `${error.message}: ${messagesOf(error.cause)}`;
}
function problemOf(error, request) {
    if (error instanceof Problem) return error;
    if (error instanceof MailboxFull) return {
        code: 'mailbox-full'
    };
    if (error instanceof TooManyConflicts) return {
        code: 'too-many-conflicts'
    };
    if (error instanceof OutcomeUnknown || error instanceof AmbiguousAppend) return {
        code: 'outcome-unknown'
    };
    if (error instanceof EventStoreUnavailable) return {
        code: 'event-store-unavailable'
    };
    if (error instanceof PaymentOutcomeUnknown) return {
        code: 'payment-outcome-unknown'
    };
    if (error instanceof InvalidCursor) return {
        code: 'cursor-invalid'
    };
    return ofServer(error, request) ?? {
        code: 'internal-error',
        members: {
            requestId: request.id
        }
    };
}
/** Refusals of Fastify and Nest, and lost connections to the database. */ function ofServer(error, request) {
    const { code, validation, validationContext } = causeOf(error);
    if (validation) {
        const errors = schemaErrors(validation, validationContext, request);
        return {
            code: 'validation-failed',
            members: {
                errors
            }
        };
    }
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
        return {
            code: 'body-too-large',
            members: {
                limitBytes: request.routeOptions.bodyLimit
            }
        };
    }
    if (typeof code === 'string' && Object.hasOwn(OF_SERVER, code)) return {
        code: OF_SERVER[code]
    };
    if (isLostDatabase(error, code)) return {
        code: 'read-model-unavailable'
    };
    const status = error instanceof HttpException ? error.getStatus() : causeOf(error).statusCode;
    if (status === 404) return {
        code: 'not-found'
    };
    return status !== undefined && status >= 400 && status < 500 ? {
        code: 'body-malformed'
    } : undefined;
}
/** Error codes of Fastify. */ const OF_SERVER = {
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
    FST_ERR_BAD_URL: 'url-malformed',
    FST_ERR_MAX_PARAM_LENGTH: 'url-malformed'
};
/**
 * Codes of Node and of Postgres (classes 08 connection, 53 resources, 57 operator, a statement that took too long) for a
 * database out of reach; and what the client says, without a code, when its own time is up or its connection has gone.
 */ const LOST_DATABASE = {
    code: /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|53\w{3}|57P\d\d|57014)$/,
    message: /^(?:timeout exceeded when trying to connect|Query read timeout|Connection terminated)/
};
const isLostDatabase = (error, code)=>typeof code === 'string' ? LOST_DATABASE.code.test(code) : error instanceof Error && LOST_DATABASE.message.test(error.message);
/** Nest wraps what Fastify throws. */ function causeOf(error) {
    if (error instanceof HttpException && error.cause) return error.cause;
    return error ?? {};
}
function schemaErrors(validation, context = 'body', { body, routeOptions: { schema } }) {
    // None of the shapes that a body may have: why it is not each of them would only confuse.
    if (validation.some(({ keyword })=>keyword === 'oneOf')) {
        const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
        const { description } = schema?.body ?? {};
        return [
            {
                path: '',
                message: isObject && description ? description : 'must be an object'
            }
        ];
    }
    return validation.map(({ instancePath, message = 'is not valid', params })=>({
            path: context === 'body' ? instancePath : `${context}${instancePath}`,
            message: typeof params?.additionalProperty === 'string' ? `${message}: ${JSON.stringify(params.additionalProperty).slice(0, 100)}` : message.replace(/^must be (?=[aeiou])/, 'must be an ').replace(/^must be (?=string)/, 'must be a ')
        }));
}

//# sourceMappingURL=problem-replies.js.map