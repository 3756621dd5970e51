import yargs from 'yargs';
import { withShell } from '../config/operator.js';
import type { AnyCommand } from './verb.js';

/** Those that yargs has a script for. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion: AnyCommand = {
  command: 'completion [shell]',
  describe: 'Print a script that completes these words: add it to your ~/.bashrc or ~/.zshrc',
  builder: (of) =>
    of
      .positional('shell', { choices: SHELLS, describe: 'The one of this session unless told' })
      .example('$0 completion zsh >> ~/.zshrc', 'the words complete with Tab'),
  handler: ({ shell }) =>
    void withShell(shell as string | undefined, () =>
      yargs().scriptName('boxoffice').showCompletionScript(),
    ),
};
