import { waitFor } from '@polyroom/testing';
import { httpRequest } from './http-request.js';
import { type ServiceSpec } from './services.js';

const readyDeadlineMs = 60_000;
/** A process that cannot be reached does not answer. */
const probeDeadlineMs = 2000;

/** Where a process serves `/readyz` and `/metrics`. */
export function monitorUrl({ place, monitorPort }: ServiceSpec): string {
  return `http://${place.host}:${monitorPort}`;
}

/** Rejects with the name of a process that is not ready in time. */
export async function waitUntilReady(specs: ServiceSpec[]): Promise<void> {
  await Promise.all(
    specs.map((spec) =>
      waitFor(
        async () => {
          const signal = AbortSignal.timeout(probeDeadlineMs);
          const answer = await httpRequest(`${monitorUrl(spec)}/readyz`, { signal }).catch(() => undefined);
          return answer?.status === 200;
        },
        { timeoutMs: readyDeadlineMs, describe: `${spec.name} to be ready` },
      ),
    ),
  );
}
