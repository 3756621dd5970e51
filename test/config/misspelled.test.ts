import { misspelledNames } from '../../src/config/misspelled.js';

describe('options after `npm start`', () => {
  it('are reported with the variable to set instead; other npm variables are ignored', () => {
    expect(
      misspelledNames([
        'npm_config_port',
        'npm_config_data_dir',
        'npm_config_cache',
        'npm_config_jobs',
      ]),
    ).toEqual([
      '--port is not read: write PORT=… before the command.',
      '--data_dir is not read: write DATA_DIR=… before the command.',
    ]);
  });
});
