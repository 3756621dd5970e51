import { Module } from '@nestjs/common';
import { ProjectionModule } from '../../features/projection.module.js';
import { LogController } from './log.controller.js';
import { ProjectionsController } from './projections.controller.js';

@Module({ imports: [ProjectionModule], controllers: [LogController, ProjectionsController] })
export class ProjectionHttpModule {}
