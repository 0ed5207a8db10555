import { ConfigError } from '@polyroom/config';
import { createLogger } from './logger.js';

/**
 * Runs the main function of a service's process. Where it fails, one line in the log says why, and the process
 * ends with code 1.
 */
export async function runProcess(service: string, main: () => Promise<unknown>): Promise<void> {
  const fail = (error: unknown): never => {
    createLogger(service).fatal(describeFailure(error), 'cannot start');
    process.exit(1);
  };
  // What a library throws outside of its promises while it starts.
  process.once('uncaughtException', fail);
  try {
    await main();
  } catch (error) {
    fail(error);
  }
  process.off('uncaughtException', fail);
}

/** The reason in one text; the error itself, with its stack, only where it is not the operator's to fix. */
function describeFailure(error: unknown): { reason: string; err?: unknown } {
  const reason = describeReason(error);
  return error instanceof ConfigError ? { reason } : { reason, err: error };
}

/** The messages of an error and of its causes, outermost first. */
export function describeReason(error: unknown): string {
  const messages: string[] = [];
  const seen = new Set<unknown>();
  for (let next = error; next !== undefined && next !== null && !seen.has(next); next = causeOf(next)) {
    seen.add(next);
    const message = messageOf(next);
    if (!messages.some((known) => known.includes(message))) {
      messages.push(message);
    }
  }
  return messages.join(': ');
}

function causeOf(error: unknown): unknown {
  const { cause, errors } = Object(error) as { cause?: unknown; errors?: unknown };
  // Of several addresses that were tried, the last failure stands for all.
  return cause ?? (Array.isArray(errors) ? errors.at(-1) : undefined);
}

function messageOf(error: unknown): string {
  const { message, code } = Object(error) as { message?: unknown; code?: unknown };
  return String([message, code].find((text) => typeof text === 'string' && text !== '') ?? error);
}
