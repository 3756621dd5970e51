import yargs from 'yargs';
import { withShell } from '../config/operator.js';
import type { AnyCommand } from './verb.js';

/** Shells for which yargs has a completion script. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion: AnyCommand = {
  command: 'completion [shell]',
  describe: 'Print a completion script for ~/.bashrc or ~/.zshrc',
  builder: (of) =>
    of
      .positional('shell', {
        choices: SHELLS,
        describe: 'Shell of the script; default: the current shell',
      })
      .example('$0 completion zsh >> ~/.zshrc', 'enable completion with the Tab key'),
  handler: ({ shell }) =>
    void withShell(shell as string | undefined, () =>
      yargs().scriptName('boxoffice').showCompletionScript(),
    ),
};
