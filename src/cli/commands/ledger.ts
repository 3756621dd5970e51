import { configFromEnvironment } from '../../config/config.js';
import { EXIT, Unavailable, type ExitCode } from '../exit-codes.js';
import { describeReport } from '../reports/ledger-report.js';
import { openProgress } from '../progress.js';
import { answer, answerJson, group, LOG, verb, type Common } from '../verb.js';

const check = verb({
  command: 'check',
  describe: "Check the ledger and compare it with the payment provider's records",
  options: (yargs) =>
    yargs
      .example('$0 ledger check', 'list every difference')
      .example('$0 ledger check --json', 'the whole report as one JSON document')
      .epilog(
        'Only reads the database of the settings in the environment, with or without a ' +
          'running Boxoffice. Exits with 0 ' +
          'when the ledger is balanced and with 1 otherwise. How to settle differences: ' +
          'docs/concepts/ledger.md',
      ),
  run: checkLedger,
});

export const ledger = group('ledger', 'The ledger of payments', [check]);

async function checkLedger({ json }: Common): Promise<ExitCode> {
  const config = configFromEnvironment();
  const { report, provider } = await readReport(config).catch((error: Error) => {
    throw new Unavailable(`The ledger could not be checked: ${error.message}`, { cause: error });
  });
  if (json) answerJson(report);
  else answer(describeReport(report, provider));
  return report.balanced ? EXIT.success : EXIT.failed;
}

async function readReport(config: ReturnType<typeof configFromEnvironment>) {
  // Loading the clients of databases and providers is slow, and the other verbs do not need them.
  const { openContext } = await import('../../app/context.js');
  const { LEDGER_CHECK, LedgerCheckModule } = await import('../ledger-check.module.js');
  const context = await openContext({ config, log: LOG }, LedgerCheckModule.with(config));
  try {
    const check = context.get(LEDGER_CHECK);
    const { provider } = check;
    const progress = openProgress({
      activity: `Reading the records of ${provider}`,
      unit: 'entries',
    });
    try {
      return { report: await check.run((entries) => progress.update(entries)), provider };
    } finally {
      progress.end();
    }
  } finally {
    await context.close();
  }
}
