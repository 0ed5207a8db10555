import { Bus, type BusOptions, isRefusedByNats } from '@polyroom/bus';
import { withoutCredentials } from '@polyroom/config';
import { type Dependency } from './dependencies.js';

/** The bus as a dependency; every service waits for it. */
export function busDependency(options: BusOptions): Dependency<Bus> {
  return {
    check: 'bus',
    name: 'NATS',
    address: withoutCredentials(options.url),
    connect: () => Bus.connect(options).catch((error: unknown) => explainTimeout(error, options)),
    caSetting: 'POLYROOM_NATS_CA_FILE',
    isFatal: isRefusedByNats,
  };
}

/** The NATS client does not report that the server has refused the client's certificate: it waits for an answer. */
function explainTimeout(error: unknown, { url }: BusOptions): never {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  if (isTimeout && /(^|,)\s*tls:/i.test(url)) {
    throw new Error(
      'no answer by TLS; the server may demand another client certificate (POLYROOM_NATS_CERT_FILE)',
      {
        cause: error,
      },
    );
  }
  throw error;
}

/** JetStream as a dependency of its own: NATS accepts connections before JetStream is ready. */
export function jetStreamDependency<T>(natsUrl: string, connect: () => Promise<T>): Dependency<T> {
  return { check: 'jetStream', name: 'JetStream', address: withoutCredentials(natsUrl), connect };
}
