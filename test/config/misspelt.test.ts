import { misspelt } from '../../src/config/misspelt.js';

describe('Options that are said after `npm start`', () => {
  it('are named with what to say instead, and nothing else that npm sets is', () => {
    expect(
      misspelt(['npm_config_port', 'npm_config_data_dir', 'npm_config_cache', 'npm_config_jobs']),
    ).toEqual([
      '--port is not read: say PORT=… before the command.',
      '--data_dir is not read: say DATA_DIR=… before the command.',
    ]);
  });
});
