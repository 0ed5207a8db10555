import { retry } from '@polyroom/async';
import { createRedactor, isCertificateRefused } from '@polyroom/config';
import { type Logger } from '@polyroom/observability';
import { describeReason } from './describe-reason.js';

/** An external service that the process cannot run without. */
export interface Dependency<T> {
  /** Name of its health check: `bus`, `redis`, `database`. */
  check: string;
  /** Display name, such as `NATS`. */
  name: string;
  /** Its address, without credentials. */
  address: string;
  connect: () => Promise<T>;
  /** The variable that names the certificate authorities to trust, if it can be reached by TLS. */
  caSetting?: string;
  /** Permanent errors, such as rejected credentials: not retried. */
  isFatal?: (error: unknown) => boolean;
}

function hintAt({ caSetting }: Dependency<unknown>, error: unknown): string {
  return caSetting !== undefined && isCertificateRefused(error)
    ? `: a certificate is refused, ${caSetting} names the authorities to trust`
    : '';
}

/** The process cannot start; the message and its causes tell the operator why. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const firstRetryMs = 200;
const maxRetryMs = 1000;
/** Delay of the first log line while an attempt hangs. */
const patienceMs = 1000;
const defaultReminderMs = 30_000;

/** The dependencies that a starting process waits for. */
export class Dependencies {
  private readonly awaited = new Map<string, { dependency: Dependency<unknown>; reason: string }>();
  private readonly redact = createRedactor();

  constructor(private readonly reminderMs = defaultReminderMs) {}

  /** Pending dependencies and the reasons, by the names of their health checks. */
  describe(): Record<string, string> {
    return Object.fromEntries(
      [...this.awaited].map(([check, { dependency, reason }]) => [
        check,
        this.redact(`waiting for ${dependency.name} at ${dependency.address}: ${reason}`),
      ]),
    );
  }

  /** Retries until it succeeds; logs the first failure and then a reminder every 30 s. Throws StartError. */
  async reach<T>(dependency: Dependency<T>, logger: Logger): Promise<T> {
    const { check, name, address } = dependency;
    const startedAtMs = performance.now();
    const state = { dependency, reason: 'no answer yet' };
    this.awaited.set(check, state);
    let reminder: NodeJS.Timeout | undefined;
    const fields = (): object => ({
      dependency: name,
      address,
      waitedMs: Math.round(performance.now() - startedAtMs),
    });
    const remind = (): void => {
      clearTimeout(reminder);
      reminder = setTimeout(remind, this.reminderMs);
      logger.warn({ ...fields(), reason: state.reason }, 'waiting for a dependency');
    };
    const patience = setTimeout(remind, patienceMs);
    try {
      const reached = await retry(() => dependency.connect(), {
        firstDelayMs: firstRetryMs,
        maxDelayMs: maxRetryMs,
        ref: true,
        shouldRetry: (error) => dependency.isFatal?.(error) !== true,
        onFailure: (error) => {
          state.reason = describeReason(error);
          clearTimeout(patience);
          if (reminder === undefined) {
            remind();
          }
        },
      });
      if (reminder !== undefined) {
        logger.info(fields(), 'dependency reached');
      }
      return reached;
    } catch (error) {
      throw new StartError(`${name} at ${address} cannot be used${hintAt(dependency, error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(patience);
      clearTimeout(reminder);
      this.awaited.delete(check);
    }
  }
}
