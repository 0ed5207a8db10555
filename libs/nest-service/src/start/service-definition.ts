import { type Closable, type ServiceStart } from './service-start.js';

/** A service, which runs in a process of its own or beside others. */
export interface ServiceDefinition {
  /** Its name in logs, metrics and on NATS. */
  readonly name: string;
  /** Reads the configuration from `start.env`, reaches the dependencies and runs. */
  start(start: ServiceStart): Promise<Closable>;
}
