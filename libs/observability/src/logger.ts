import { createRedactor } from '@polyroom/config';
import { destination as openDestination, type DestinationStream, pino, type Logger } from 'pino';

export type { Logger };

/** Fields that no line may show, wherever in the logged object they stand. */
const secretFields = [
  'token',
  'appSign',
  'serverSecret',
  'secret',
  'adminToken',
  'password',
  'authorization',
  'cookie',
];

/** A Redis error names its command: with the password where signing in failed, and with user data elsewhere. */
const commandArguments = ['err.command.args', 'err.*.command.args', 'err.aggregateErrors[*].command.args'];

/**
 * One JSON line an event, with the service's name and without secrets; on standard output unless a
 * destination is given.
 */
export function createLogger(service: string, level = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    redact: {
      paths: [...secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), ...commandArguments],
      censor: '[redacted]',
    },
  };
  return pino(options, withoutSecrets(destination ?? openDestination({ fd: process.stdout.fd })));
}

/** The last look at a line: an error of a library may quote an address with its password in any of its fields. */
function withoutSecrets(target: DestinationStream): DestinationStream {
  const redact = createRedactor();
  return { write: (line) => target.write(redact(line)) };
}
