import { type AppError } from '@polyroom/contracts';
import { type Logger } from './logger.js';

/** Lines per reason and process within one second. */
const linesPerSecond = 5;
const windowMs = 1000;
/** Maximum length of caller-supplied text. */
const maxTextChars = 128;

/** The caller and address named by a request. Unverified, so it proves nothing. */
export interface Caller {
  appId?: number | undefined;
  userId?: string | undefined;
  address?: string | undefined;
}

interface Sample {
  sinceMs: number;
  lines: number;
  suppressed: number;
}

/**
 * Logs requests refused because of the caller: at debug level, without a stack, and with a bounded number of
 * lines per second and reason, because callers control the volume.
 */
export class RefusalLog {
  private readonly samples = new Map<string, Sample>();

  constructor(private readonly logger: Logger | undefined) {}

  /** Logs each error once, regardless of how many layers of this process it passes. */
  refused(error: AppError, context: Caller & Record<string, unknown>): void {
    if (this.logger?.isLevelEnabled('debug') !== true || written.has(error)) {
      return;
    }
    written.add(error);
    this.write(error.errorName, () => ({ ...context, ...describe(error) }));
  }

  /**
   * The same for events without an AppError, such as a broken WebSocket frame. The set of reasons must be
   * small and fixed.
   */
  note(reason: string, context: Caller & Record<string, unknown>): void {
    if (this.logger?.isLevelEnabled('debug') === true) {
      this.write(reason, () => ({ ...context, reason }));
    }
  }

  private write(reason: string, fields: () => Record<string, unknown>): void {
    const nowMs = performance.now();
    const sample = this.samples.get(reason) ?? { sinceMs: nowMs, lines: 0, suppressed: 0 };
    if (nowMs - sample.sinceMs >= windowMs) {
      sample.sinceMs = nowMs;
      sample.lines = 0;
    }
    this.samples.set(reason, sample);
    if (sample.lines >= linesPerSecond) {
      sample.suppressed += 1;
      return;
    }
    const { suppressed } = sample;
    sample.lines += 1;
    sample.suppressed = 0;
    this.logger?.debug({ ...fields(), ...(suppressed === 0 ? {} : { suppressed }) }, 'request refused');
  }
}

const written = new WeakSet<AppError>();

/** Finds the caller in a request of any shape: the fields that clients, REST paths and the bus use for it. */
export function readCaller(request: unknown): Caller {
  const { appId, clientAddress, session, user, from, userId } = asRecord(request);
  const named = asRecord(session);
  const caller = {
    appId: toAppId(appId ?? named['appId']),
    userId: toText(userId ?? named['userId'] ?? asRecord(user)['userId'] ?? asRecord(from)['userId']),
    address: toText(clientAddress),
  };
  return Object.fromEntries(Object.entries(caller).filter(([, value]) => value !== undefined));
}

/** Truncates caller-supplied text to the maximum length in a log line. */
export function cutText(text: string): string {
  return text.length <= maxTextChars ? text : `${text.slice(0, maxTextChars)}…`;
}

function describe(error: AppError): Record<string, unknown> {
  const { code, errorName, details, cause } = error;
  const text = (name: string) => toText(details?.[name]);
  return {
    code,
    name: errorName,
    path: text('path'),
    problem: text('problem'),
    // Only the cause's message: its stack adds nothing, and errors of libraries may quote data.
    reason: cause instanceof Error ? cutText(cause.message) : text('reason'),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? cutText(value) : undefined;
}

/** In a REST path it is text. */
function toAppId(value: unknown): number | undefined {
  const appId = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof appId === 'number' && Number.isSafeInteger(appId) ? appId : undefined;
}
