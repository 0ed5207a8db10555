import { AppError } from '@polyroom/contracts';

/** How ioredis says that nothing answered. */
const silences = [
  'Command timed out',
  'Connection is closed.',
  'Cluster is ended.',
  'Too many Cluster redirections',
  "Stream isn't writeable",
];
const silentKinds = ['MaxRetriesPerRequestError', 'ClusterAllFailedError'];
/** How a server says that it is there and does not do it now: it loads, is cut off, or is full. */
const refusals = /^(CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|OOM|READONLY|TRYAGAIN) /;
const systemCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'];

/** STORE_UNAVAILABLE where the error says that Redis is away; undefined where it says anything else. */
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
