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
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK } from '../commands/tokens.js';
import { Answers, Refuses } from './answers.js';
import { examples } from './examples.js';
import { Problem } from './problems.js';
import { METRICS, READINESS_CHECKS, SEAT_STATUS_STREAMS } from './tokens.js';
/** For one check to answer. Milliseconds. */ const CHECK_MS = 2_000;
export class HealthController {
    checks;
    streams;
    metrics;
    clock;
    constructor(checks, streams, metrics, clock){
        this.checks = checks;
        this.streams = streams;
        this.metrics = metrics;
        this.clock = clock;
    }
    health() {
        return this.live();
    }
    live() {
        return {
            status: 'ok'
        };
    }
    async ready() {
        if (this.streams.isClosing) throw new Problem('shutting-down');
        const results = await Promise.all(this.checks.map(async (check)=>[
                check.name,
                await this.outcomeOf(check)
            ]));
        const checks = Object.fromEntries(results);
        if (results.some(([, outcome])=>outcome !== 'ok')) throw new Problem('not-ready', {
            checks
        });
        return {
            status: 'ready',
            checks
        };
    }
    async prometheus(reply) {
        reply.header('content-type', this.metrics.contentType).send(await this.metrics.text());
    }
    /** Why a check fails is for the log, not for whoever asks. */ async outcomeOf(readiness) {
        const answered = new AbortController();
        const passed = readiness.check().then(()=>true, ()=>false);
        const late = this.clock.sleep(CHECK_MS, answered.signal).then(()=>false);
        const outcome = await Promise.race([
            passed,
            late
        ]);
        answered.abort();
        return outcome ? 'ok' : 'failed';
    }
}
_ts_decorate([
    Get('health'),
    ApiOperation({
        summary: 'The same as /health/live'
    }),
    Answers(200, 'It runs', examples.live),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Object)
], HealthController.prototype, "health", null);
_ts_decorate([
    Get('health/live'),
    ApiOperation({
        summary: 'The process runs'
    }),
    Answers(200, 'It does', examples.live),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Object)
], HealthController.prototype, "live", null);
_ts_decorate([
    Get('health/ready'),
    ApiOperation({
        summary: 'This node can serve'
    }),
    Answers(200, 'It can', examples.ready),
    Refuses('not-ready', 'shutting-down'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], HealthController.prototype, "ready", null);
_ts_decorate([
    Get('metrics'),
    ApiOperation({
        summary: 'Prometheus metrics'
    }),
    Answers(200, 'Prometheus text', 'boxoffice_inventory_commands_total 12\n', {
        mediaType: 'text/plain'
    }),
    _ts_param(0, Res()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyReply === "undefined" ? Object : FastifyReply
    ]),
    _ts_metadata("design:returntype", Promise)
], HealthController.prototype, "prometheus", null);
HealthController = _ts_decorate([
    ApiTags('operation'),
    Controller(),
    _ts_param(0, Inject(READINESS_CHECKS)),
    _ts_param(1, Inject(SEAT_STATUS_STREAMS)),
    _ts_param(2, Inject(METRICS)),
    _ts_param(3, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object,
        typeof SeatStatusStreams === "undefined" ? Object : SeatStatusStreams,
        typeof Metrics === "undefined" ? Object : Metrics,
        typeof Clock === "undefined" ? Object : Clock
    ])
], HealthController);

//# sourceMappingURL=health.controller.js.map