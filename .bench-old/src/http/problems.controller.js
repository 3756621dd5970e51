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
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers } from './answers.js';
import { problemsPage } from './problems-page.js';
import { PAGE_POLICY } from './safe-headers.js';
export class ProblemsController {
    page = problemsPage();
    all() {
        return this.page;
    }
}
_ts_decorate([
    Get(),
    Header('content-type', 'text/html; charset=utf-8'),
    Header('content-security-policy', PAGE_POLICY),
    ApiOperation({
        summary: 'What every refusal means; `type` of a refusal leads here'
    }),
    Answers(200, 'A page with an anchor for each code', '<!doctype html>', {
        mediaType: 'text/html'
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", String)
], ProblemsController.prototype, "all", null);
ProblemsController = _ts_decorate([
    ApiTags('operation'),
    Controller('problems')
], ProblemsController);

//# sourceMappingURL=problems.controller.js.map