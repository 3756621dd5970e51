import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/token.js';
import { provide } from '../ports/shared/provide.js';
import { LOG, SERVICE_ADDRESS } from '../ports/shared/tokens.js';
import type { Log } from '../ports/system/log.js';
import { openServiceAddress } from '../ports/system/service-address.js';
import { PROCESS_WAITS, type ProcessWaits } from '../processes/shared/tokens.js';

export interface Settings {
  readonly config: Config;
  readonly log: Log;
  readonly waits?: ProcessWaits;
}

/** Global: the values with which a process starts. */
@Module({})
export class SettingsModule {
  static with({ config, log, waits = {} }: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [
        provide(CONFIG, { inject: [], useFactory: () => config }),
        provide(LOG, { inject: [], useFactory: () => log }),
        provide(PROCESS_WAITS, { inject: [], useFactory: () => waits }),
        provide(SERVICE_ADDRESS, { inject: [], useFactory: openServiceAddress }),
      ],
      exports: [CONFIG, LOG, PROCESS_WAITS, SERVICE_ADDRESS],
    };
  }
}
