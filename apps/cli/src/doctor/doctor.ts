import { type Command } from 'commander';
import { examples } from '../output/examples.js';
import { Failure } from '../output/failure.js';
import { printable } from '../output/printable.js';
import { type Context, type RunCommand } from '../run-command.js';
import { parseDuration } from '../settings/parse-values.js';
import { type ClientCredentialOptions, findServerSecret, findToken } from '../token/client-credentials.js';
import { type Examination } from './examination.js';
import { type Finding, skipped } from './finding.js';
import { checkLogin, checkToken, checkWebSocket } from './login-steps.js';
import { checkAnnouncedAddress, checkTcp, checkUdp } from './media-steps.js';
import { checkAddress, checkClock, checkHttp, checkVersion } from './server-steps.js';
import { checkTurn } from './turn-step.js';

interface Options extends ClientCredentialOptions {
  room?: string;
  timeout: number;
}

interface Step {
  name: string;
  check(examination: Examination): Promise<Finding>;
  /** A failure makes the later steps pointless. */
  isDecisive?: true;
}

const steps: Step[] = [
  { name: 'address', check: checkAddress, isDecisive: true },
  { name: 'HTTP and TLS', check: checkHttp, isDecisive: true },
  { name: 'version', check: checkVersion },
  { name: 'clock', check: checkClock },
  { name: 'token', check: checkToken },
  { name: 'WebSocket', check: checkWebSocket, isDecisive: true },
  { name: 'login', check: checkLogin },
  { name: 'announced address', check: checkAnnouncedAddress },
  { name: 'UDP', check: checkUdp },
  { name: 'TCP', check: checkTcp },
  { name: 'TURN', check: checkTurn },
];
const nameWidth = Math.max(...steps.map(({ name }) => name.length));

export function addDoctor(program: Command, runCommand: RunCommand): void {
  const doctor = program
    .command('doctor')
    .description(
      'examine what a client needs, step by step: address, TLS, clock, token, WebSocket, login, UDP, TCP, TURN',
    )
    .option('--room <room>', 'room to enter; a new one by default, or one that the token names')
    .option('--timeout <duration>', 'of each step that waits for the network', parseDuration, 5000)
    .option('--token-file <file>', 'file with the token to examine (POLYROOM_TOKEN)')
    .option(
      '--server-secret-file <file>',
      'file with the ServerSecret, which makes a token (POLYROOM_SERVER_SECRET)',
    )
    .action((options: Options) => runCommand(doctor, (context) => run(context, options)));
  examples(doctor, [
    ['polyroom doctor --url https://gateway.example.com --app 1234567', 'with POLYROOM_SERVER_SECRET set'],
    ['polyroom doctor --token-file token.txt', 'why a user cannot log in'],
  ]);
}

async function run({ output, settings, signal }: Context, options: Options): Promise<void> {
  const examination: Examination = {
    url: await settings.url(),
    appId: await settings.findAppId(),
    apiKey: await settings.findApiKey(),
    serverSecret: await findServerSecret(settings, options.serverSecretFile),
    givenToken: await findToken(settings, options.tokenFile),
    givenRoom: options.room,
    timeoutMs: options.timeout,
    serverAddresses: [],
  };
  const results: ({ step: string } & Finding)[] = [];
  let stoppedBy: string | undefined;
  try {
    for (const { check, isDecisive, name } of steps) {
      if (signal.aborted) {
        break;
      }
      const finding =
        stoppedBy === undefined ? await check(examination) : skipped(`not examined: ${stoppedBy} failed`);
      results.push({ step: name, ...finding });
      if (!output.isJson) {
        output.result(finding, () => describe(name, finding));
      }
      if (finding.status === 'failed' && isDecisive) {
        stoppedBy = name;
      }
    }
  } finally {
    examination.socket?.close();
  }
  if (output.isJson) {
    output.result({ steps: results }, () => '');
  }
  const problems = results.filter(({ status }) => status === 'failed').map(({ problem }) => problem);
  if (problems.length > 0) {
    throw new Failure(
      `${problems.length === 1 ? 'one step' : `${problems.length} steps`} failed: ${problems.join(', ')}`,
    );
  }
}

function describe(name: string, { cure, detail, meaning, problem, status }: Finding): string {
  const indent = ' '.repeat(nameWidth + 10);
  return [
    `${status.padEnd(7)}  ${name.padEnd(nameWidth)} ${printable(problem === undefined ? detail : `${problem}: ${detail}`)}`,
    ...(meaning === undefined ? [] : [`${indent}means: ${printable(meaning)}`]),
    ...(cure === undefined ? [] : [`${indent}cure:  ${printable(cure)}`]),
  ].join('\n');
}
