import { Module } from '@nestjs/common';
import { VenueModule } from '../../features/venue.module.js';
import { VenuesController } from './venues.controller.js';

@Module({ imports: [VenueModule], controllers: [VenuesController] })
export class VenueHttpModule {}
