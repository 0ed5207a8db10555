import { AppError } from '@polyroom/contracts';
import { type SpanDescription, StoreCalls, traceCall } from '@polyroom/observability';
import { type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

const awayKinds = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];
/** PostgreSQL is starting or stopping (57P01 to 57P03), has no free connection, or has lost one (08…). */
const awayCode = /^(57P0[123]|53300|08\d{3})$/;

/** Errors of the system that the driver passes on. */
const awaySystemCodes = ['EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'];
/** Errors of the driver without a code; Prisma may put its own text before them. */
const awayMessage =
  /(?:^|\n|`)(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/** Whether the server is unreachable or still starting: another attempt may succeed. */
export function isDatabaseAway(error: unknown): boolean {
  return AppError.is(error, 'DATABASE_UNAVAILABLE') || reasonOf(error) !== undefined;
}

/** DATABASE_UNAVAILABLE if the error means that the server is away; undefined for any other error. */
export function toDatabaseError(error: unknown): AppError | undefined {
  const reason = reasonOf(error);
  // Without the error itself: Prisma's messages quote the query.
  return reason === undefined
    ? undefined
    : new AppError('DATABASE_UNAVAILABLE', { cause: new Error(`database: ${reason}`) });
}

/** The driver's error is the error itself, its cause, or what Prisma's client keeps in `meta`. */
function reasonOf(error: unknown): string | undefined {
  const { cause, meta } = Object(error) as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
  const inner = cause ?? (Object(meta?.driverAdapterError) as { cause?: unknown }).cause;
  const { kind = '', originalCode = '' } = Object(inner) as { kind?: string; originalCode?: string };
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  return (
    awayKinds.find((known) => known === kind) ??
    awayCode.exec(originalCode)?.[0] ??
    awaySystemCodes.find((known) => known === code) ??
    awayMessage.exec(String(message))?.[1]
  );
}

const calls = new StoreCalls('polyroom_database_call', 'calls of the database', ['repository', 'method']);

/** The repository with DATABASE_UNAVAILABLE in place of the driver's errors, measured. */
export function withClearErrors<T extends object>(repository: T): T {
  const label = repository.constructor.name.replace(/Repository$/, '');
  return new Proxy(repository, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') {
        return value;
      }
      return (...args: unknown[]): unknown => {
        const method = String(name);
        const result: unknown = traceCall(
          () => describeCall(label, method),
          () => value.apply(target, args) as unknown,
        );
        return result instanceof Promise
          ? calls.measure({ repository: label, method }, result).catch(rethrow)
          : result;
      };
    },
  });
}

/** A call may make several queries; they are not shown. */
function describeCall(repository: string, method: string): SpanDescription {
  const summary = `${repository}.${method}`;
  return {
    name: summary,
    kind: 'client',
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': summary },
  };
}

function rethrow(error: unknown): never {
  throw toDatabaseError(error) ?? error;
}

/**
 * Throws if the server does not answer. Closes the connection again: migrations and client open their own.
 */
export async function askServer(factory: SqlMigrationAwareDriverAdapterFactory): Promise<void> {
  const adapter = await factory.connect();
  try {
    await adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
  } finally {
    await adapter.dispose();
  }
}
