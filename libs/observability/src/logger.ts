import { createRedactor } from '@polyroom/config';
import { destination as openDestination, type DestinationStream, pino, type Logger } from 'pino';
import { traceFields } from './tracing/spans.js';
import { isTracing } from './tracing/start-tracing.js';

export type { Logger };

/** Fields redacted at any depth of a logged object. */
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

/**
 * A Redis error contains its command: with the password if authentication failed, otherwise with user data.
 */
const commandArguments = ['err.command.args', 'err.*.command.args', 'err.aggregateErrors[*].command.args'];

/**
 * Creates a logger that writes one JSON line per event, with the service's name and without secrets; to
 * standard output unless a destination is given. With tracing on, lines of a traced request have its IDs.
 */
export function createLogger(service: string, level = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    ...(isTracing() ? { mixin: traceFields } : {}),
    redact: {
      paths: [...secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), ...commandArguments],
      censor: '[redacted]',
    },
  };
  return pino(options, withoutSecrets(destination ?? openDestination({ fd: process.stdout.fd })));
}

/** Last redaction of a line: a library's error may quote an address with its password in any field. */
function withoutSecrets(target: DestinationStream): DestinationStream {
  const redact = createRedactor();
  return { write: (line) => target.write(redact(line)) };
}
