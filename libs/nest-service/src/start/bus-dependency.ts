import { Bus, type BusOptions, isRefusedByNats } from '@polyroom/bus';
import { withoutCredentials } from '@polyroom/config';
import { type Dependency } from './dependencies.js';

/** The bus as a dependency; every service waits for it. */
export function busDependency(options: BusOptions): Dependency<Bus> {
  return {
    check: 'bus',
    name: 'NATS',
    address: withoutCredentials(options.url),
    connect: () => Bus.connect(options),
    isFatal: isRefusedByNats,
  };
}

/** JetStream as a dependency of its own: NATS accepts connections before JetStream is ready. */
export function jetStreamDependency<T>(natsUrl: string, connect: () => Promise<T>): Dependency<T> {
  return { check: 'jetStream', name: 'JetStream', address: withoutCredentials(natsUrl), connect };
}
