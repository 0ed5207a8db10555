import { pino, type Logger } from 'pino';

export type { Logger };

/** Fields that no line may show, wherever in the logged object they stand. */
const secretFields = ['token', 'appSign', 'serverSecret', 'adminToken', 'password', 'authorization'];

/** One JSON line an event on standard output, with the service's name and without secrets. */
export function createLogger(service: string, level = 'info'): Logger {
  return pino({
    level,
    base: { service },
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  });
}
