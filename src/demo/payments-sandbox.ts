import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { serveSandbox } from './payment-sandbox/sandbox-http.js';

const HELP = `A payment provider without money, in its own process: a token decides the outcome.

  npm run payments:sandbox -- [options]

  --port N            port to listen on; 0 takes any free one (default 3001)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --journal PATH      file that keeps its records over a restart, for one process at a time
                      (default none)
  --webhook-url URL   receiver of webhooks, such as
                      http://127.0.0.1:3000/v1/payments/webhooks/sandbox (default none are sent)
  --secret TEXT       signs webhooks (default a random one, printed)
  --api-key TEXT      what callers send as Authorization: Bearer … (default a random one, printed)
  --slow-ms N         from the charge to the capture of tok_slow (default 5000)
  --lost-ms N         from the charge to the capture of tok_lost (default 1000)
  --late-ms N         from the end of the hold to the capture of tok_late (default 1000)
  --help              this text

The tokens and the calls: docs/operate/payments-sandbox.md
`;

const SECRET_BYTES = 32;
const LONGEST_WAIT_MS = 86_400_000;

function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      port: { ...text, default: '3001' },
      host: { ...text, default: '127.0.0.1' },
      journal: text,
      'webhook-url': text,
      secret: text,
      'api-key': text,
      'slow-ms': text,
      'lost-ms': text,
      'late-ms': text,
    },
  });
  const waits = {
    ...waitOf('slowMs', '--slow-ms', values['slow-ms']),
    ...waitOf('lostMs', '--lost-ms', values['lost-ms']),
    ...waitOf('lateMs', '--late-ms', values['late-ms']),
  };
  const webhookUrl = values['webhook-url'];
  if (
    webhookUrl !== undefined &&
    !/^https?:$/.test(URL.canParse(webhookUrl) ? new URL(webhookUrl).protocol : '')
  )
    throw new Error('--webhook-url takes a URL that begins with http:// or https://.');
  const { secret, 'api-key': apiKey, host, journal } = values;
  if (secret === '' || apiKey === '')
    throw new Error('--secret and --api-key take at least one character.');
  return {
    port: wholeNumber('--port', values.port, 65_535),
    host,
    journal,
    webhookUrl,
    secret,
    apiKey,
    waits,
  };
}

const waitOf = (name: string, option: string, text: string | undefined) =>
  text === undefined ? {} : { [name]: wholeNumber(option, text, LONGEST_WAIT_MS) };

function wholeNumber(option: string, text: string, max: number): number {
  if (!/^\d+$/.test(text) || Number(text) > max)
    throw new Error(`${option} takes a whole number from 0 to ${max}.`);
  return Number(text);
}

async function run(options: ReturnType<typeof readOptions>): Promise<void> {
  const made = () => randomBytes(SECRET_BYTES).toString('base64url');
  const { secret: webhookSecret = made(), apiKey = made(), ...rest } = options;
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const server = await serveSandbox({ ...rest, webhookSecret, apiKey, warn });
  print(`The payments sandbox listens on ${server.url}`);
  if (!options.apiKey) print(`API key: ${apiKey}`);
  if (!options.secret) print(`Secret of its webhooks: ${webhookSecret}`);
  if (!options.webhookUrl) print('No --webhook-url: no webhooks are sent.');
  if (!options.journal) print('No --journal: its records end with the process.');
  const end = () => void server.close();
  process.once('SIGTERM', end).once('SIGINT', end);
}

const print = (text: string) => void process.stdout.write(`${text}\n`);

if (process.argv.includes('--help')) print(HELP);
else {
  let options: ReturnType<typeof readOptions> | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 2;
  }
  if (options)
    await run(options).catch((error: Error) => {
      process.stderr.write(`The payments sandbox does not start: ${error.message}\n`);
      process.exitCode = 1;
    });
}
