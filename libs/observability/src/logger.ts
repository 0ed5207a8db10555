import { type DestinationStream, pino, type Logger } from 'pino';

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

/**
 * One JSON line an event, with the service's name and without secrets; on standard output unless a
 * destination is given.
 */
export function createLogger(service: string, level = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
