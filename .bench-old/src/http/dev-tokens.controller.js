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
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { ACCOUNT_ID, MAX_ACCOUNT_ID_LENGTH, ROLES } from './accounts.js';
import { Answers, Refuses } from './answers.js';
import { examples } from './examples.js';
import { Problem } from './problems.js';
import { HTTP_SETTINGS, TOKEN_VERIFIER } from './tokens.js';
import { validated } from './validate.js';
const DEFAULT_LIFETIME_SECONDS = 12 * 3_600;
const MAX_LIFETIME_SECONDS = 30 * 24 * 3_600;
let DevTokenRequest = class DevTokenRequest {
    sub;
    roles;
    expiresInSeconds;
};
_ts_decorate([
    Matches(ACCOUNT_ID, {
        message: `must be 1 to ${MAX_ACCOUNT_ID_LENGTH} visible ASCII characters`
    }),
    ApiProperty({
        maxLength: MAX_ACCOUNT_ID_LENGTH,
        example: 'alice'
    }),
    _ts_metadata("design:type", String)
], DevTokenRequest.prototype, "sub", void 0);
_ts_decorate([
    IsArray(),
    ArrayMaxSize(ROLES.length),
    IsIn(ROLES, {
        each: true
    }),
    ApiProperty({
        enum: ROLES,
        isArray: true,
        example: [
            'customer'
        ]
    }),
    _ts_metadata("design:type", Array)
], DevTokenRequest.prototype, "roles", void 0);
_ts_decorate([
    IsOptional(),
    IsInt(),
    Min(1),
    Max(MAX_LIFETIME_SECONDS),
    ApiProperty({
        required: false,
        type: 'integer',
        minimum: 1,
        maximum: MAX_LIFETIME_SECONDS,
        example: 43200
    }),
    _ts_metadata("design:type", Number)
], DevTokenRequest.prototype, "expiresInSeconds", void 0);
export class DevTokensController {
    tokens;
    settings;
    constructor(tokens, settings){
        this.tokens = tokens;
        this.settings = settings;
    }
    async issue(body) {
        if (!this.settings.devTokens || !('secret' in this.settings.auth.keys)) throw new Problem('not-found');
        const { sub, roles, expiresInSeconds } = validated(DevTokenRequest, body);
        const lifetime = expiresInSeconds ?? DEFAULT_LIFETIME_SECONDS;
        const { token, expiresAt } = await this.tokens.issue(sub, roles, lifetime);
        return {
            token,
            tokenType: 'Bearer',
            expiresAt: new Date(expiresAt).toISOString()
        };
    }
}
_ts_decorate([
    Post(),
    HttpCode(201),
    ApiOperation({
        summary: 'A token for any account and roles',
        description: 'Where `DEV_TOKENS` is on, never in production; else 404.'
    }),
    ApiBody({
        type: DevTokenRequest
    }),
    Answers(201, 'The token', examples.devToken),
    Refuses('validation-failed', 'body-malformed', 'body-too-large', 'media-type-unsupported', 'not-found'),
    _ts_param(0, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], DevTokensController.prototype, "issue", null);
DevTokensController = _ts_decorate([
    ApiTags('development'),
    Controller('v1/dev/tokens'),
    _ts_param(0, Inject(TOKEN_VERIFIER)),
    _ts_param(1, Inject(HTTP_SETTINGS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof TokenVerifier === "undefined" ? Object : TokenVerifier,
        typeof HttpSettings === "undefined" ? Object : HttpSettings
    ])
], DevTokensController);

//# sourceMappingURL=dev-tokens.controller.js.map