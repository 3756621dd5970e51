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
import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, RouteSchema } from '@nestjs/platform-fastify';
import { ArrayMaxSize, IsArray, IsString, Length } from 'class-validator';
import { reserveSchema } from '../src/http/reservation-schemas.js';
let SeatsWanted = class SeatsWanted {
    seatIds;
};
_ts_decorate([
    IsArray(),
    ArrayMaxSize(1_000),
    IsString({
        each: true
    }),
    Length(1, 200, {
        each: true
    }),
    _ts_metadata("design:type", Array)
], SeatsWanted.prototype, "seatIds", void 0);
/** The yardsticks: Nest routes on Fastify that check the body of a reservation, and do nothing else. */ let DoNothingController = class DoNothingController {
    /** As our own route does it: by the schema that Fastify compiles. */ compiled(_body) {
        return {
            status: 'held'
        };
    }
    /** As Nest's documentation does it: by a validation pipe and a decorated class. */ decorated(_body) {
        return {
            status: 'held'
        };
    }
};
_ts_decorate([
    Post('compiled'),
    HttpCode(201),
    RouteSchema(reserveSchema),
    _ts_param(0, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Object)
], DoNothingController.prototype, "compiled", null);
_ts_decorate([
    Post('decorated'),
    HttpCode(201),
    _ts_param(0, Body(new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true
    }))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof SeatsWanted === "undefined" ? Object : SeatsWanted
    ]),
    _ts_metadata("design:returntype", Object)
], DoNothingController.prototype, "decorated", null);
DoNothingController = _ts_decorate([
    Controller()
], DoNothingController);
let DoNothingModule = class DoNothingModule {
};
DoNothingModule = _ts_decorate([
    Module({
        controllers: [
            DoNothingController
        ]
    })
], DoNothingModule);
const app = await NestFactory.create(DoNothingModule, new FastifyAdapter(), {
    logger: false
});
await app.listen(0, '127.0.0.1');
process.send?.({
    url: await app.getUrl()
});
process.on('disconnect', ()=>process.exit(0));

//# sourceMappingURL=do-nothing.js.map