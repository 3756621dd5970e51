import { configFromEnvironment } from '../../config/config.js';
import { EXIT, Unavailable, type ExitCode } from '../exit-codes.js';
import { describeReport } from '../reports/ledger-report.js';
import { openProgress } from '../progress.js';
import { answer, answerJson, group, LOG, verb, type Common } from '../verb.js';

const check = verb({
  command: 'check',
  describe: "Hold the books against themselves and against the payment provider's own list",
  options: (yargs) =>
    yargs
      .example('$0 ledger check', 'name every difference, for people')
      .example('$0 ledger check --json', 'the whole report as one JSON document')
      .epilog(
        'It reads only, beside a running Boxoffice or without one, straight from the database that the settings of the ' +
          'Boxoffice name in the environment. Ends with 0 when all is in balance and with 1 when it is not. What the ' +
          'differences mean and how to settle them: docs/concepts/ledger.md',
      ),
  run: checkBooks,
});

export const ledger = group('ledger', 'The books', [check]);

async function checkBooks({ json }: Common): Promise<ExitCode> {
  const config = configFromEnvironment();
  const { report, provider } = await readReport(config).catch((error: Error) => {
    throw new Unavailable(`The books could not be checked: ${error.message}`, { cause: error });
  });
  if (json) answerJson(report);
  else answer(describeReport(report, provider));
  return report.balanced ? EXIT.fine : EXIT.failed;
}

async function readReport(config: ReturnType<typeof configFromEnvironment>) {
  // Clients of databases and providers: no other verb should wait for them to be loaded.
  const { openContext } = await import('../../app/context.js');
  const { LEDGER_CHECK, LedgerCheckModule } = await import('../ledger-check.module.js');
  const context = await openContext({ config, log: LOG }, LedgerCheckModule.with(config));
  try {
    const check = context.get(LEDGER_CHECK);
    const { provider } = check;
    const progress = openProgress({ what: `Reading the list of ${provider}`, unit: 'entries' });
    try {
      return { report: await check.run((entries) => progress.at(entries)), provider };
    } finally {
      progress.end();
    }
  } finally {
    await context.close();
  }
}
