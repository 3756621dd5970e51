import { Global, Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, RANDOMNESS } from '../../ports/shared/tokens.js';
import { systemClock } from './clock.js';
import { systemRandomness } from './randomness.js';

/** Time and randomness of the machine. */
@Global()
@Module({
  providers: [
    provide(CLOCK, { inject: [], useFactory: () => systemClock }),
    provide(RANDOMNESS, { inject: [], useFactory: () => systemRandomness }),
  ],
  exports: [CLOCK, RANDOMNESS],
})
export class SystemModule {}
