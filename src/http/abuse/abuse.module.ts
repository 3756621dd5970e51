import { Module } from '@nestjs/common';
import { AbuseModule } from '../../features/abuse.module.js';
import { AbuseController } from './abuse.controller.js';

@Module({ imports: [AbuseModule], controllers: [AbuseController] })
export class AbuseHttpModule {}
