import { type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

const awayKinds = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];
/** PostgreSQL starts or stops (57P01 to 57P03), has no connection left, or has lost one (08…). */
const awayCode = /^(57P0[123]|53300|08\d{3})$/;

/** True where the server does not answer, or not yet: another attempt may succeed. */
export function isDatabaseAway(error: unknown): boolean {
  const { kind, originalCode } = Object(Object(error).cause) as { kind?: string; originalCode?: string };
  return awayKinds.includes(kind ?? '') || awayCode.test(originalCode ?? '');
}

/** Throws where the server does not answer. The connection is closed again: migrations and client open theirs. */
export async function askServer(factory: SqlMigrationAwareDriverAdapterFactory): Promise<void> {
  const adapter = await factory.connect();
  try {
    await adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
  } finally {
    await adapter.dispose();
  }
}
