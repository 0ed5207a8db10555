import { type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

const awayKinds = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];
/** PostgreSQL is starting or stopping (57P01 to 57P03), has no free connection, or has lost one (08…). */
const awayCode = /^(57P0[123]|53300|08\d{3})$/;

/** Whether the server is unreachable or still starting: another attempt may succeed. */
export function isDatabaseAway(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: unknown };
  const { kind, originalCode } = Object(cause) as { kind?: string; originalCode?: string };
  return awayKinds.includes(kind ?? '') || awayCode.test(originalCode ?? '');
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
