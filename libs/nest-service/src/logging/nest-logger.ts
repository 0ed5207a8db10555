import { type LoggerService } from '@nestjs/common';
import { type Logger } from '@polyroom/observability';

/** Sends Nest's own log lines to pino: warnings and errors only. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: () => {},
    debug: () => {},
    verbose: () => {},
    warn: (message: unknown) => logger.warn(String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, String(message)),
    fatal: (message: unknown) => logger.fatal(String(message)),
  };
}
