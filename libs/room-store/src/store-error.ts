import { AppError } from '@polyroom/contracts';

/** Messages of ioredis when Redis does not reply. */
const silences = [
  'Command timed out',
  'Connection is closed.',
  'Cluster is ended.',
  'Too many Cluster redirections',
  "Stream isn't writeable",
];
const silentKinds = ['MaxRetriesPerRequestError', 'ClusterAllFailedError'];
/** Error prefixes of a server that is temporarily unable to serve: loading, partitioned or out of memory. */
const refusals = /^(CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|OOM|READONLY|TRYAGAIN) /;
const systemCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'];

/** STORE_UNAVAILABLE if the error means that Redis is unavailable; undefined for any other error. */
export function toStoreError(error: unknown): AppError | undefined {
  return error instanceof Error && isAway(error)
    ? new AppError('STORE_UNAVAILABLE', { cause: error })
    : undefined;
}

function isAway(error: Error & { code?: unknown }): boolean {
  return (
    silentKinds.includes(error.name) ||
    refusals.test(error.message) ||
    systemCodes.includes(String(error.code)) ||
    silences.some((silence) => error.message.startsWith(silence))
  );
}
