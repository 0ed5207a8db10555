import { waitFor } from '@polyroom/testing';
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
          const response = await fetch(`${monitorUrl(spec)}/readyz`, {
            signal: AbortSignal.timeout(probeDeadlineMs),
          }).catch(() => undefined);
          return response?.ok === true;
        },
        { timeoutMs: readyDeadlineMs, describe: `${spec.name} to be ready` },
      ),
    ),
  );
}
