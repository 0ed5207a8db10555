import { type z } from 'zod';
import { type serviceFields } from './fields.js';
import { readTlsFiles, type TlsFiles } from './tls-files.js';

/** The settings that every service has. */
export interface ServiceSettings {
  natsUrl: string;
  natsTls: TlsFiles | undefined;
  natsReplicas: number;
  httpHost: string;
  /** 0 = any free port. */
  httpPort: number;
  logLevel: string;
  fastIo: boolean;
  /** The part of the requests of clients that is traced, 0 to 1. */
  traceSample: number;
}

/** Takes the settings out of a configuration that was loaded with `serviceFields`. Throws ConfigError. */
export function readServiceSettings(values: z.output<z.ZodObject<typeof serviceFields>>): ServiceSettings {
  return {
    natsUrl: values.POLYROOM_NATS_URL,
    natsTls: readTlsFiles('NATS', values),
    natsReplicas: values.POLYROOM_NATS_REPLICAS,
    httpHost: values.POLYROOM_HTTP_HOST,
    httpPort: values.POLYROOM_HTTP_PORT,
    logLevel: values.POLYROOM_LOG_LEVEL,
    fastIo: values.POLYROOM_FAST_IO,
    traceSample: values.POLYROOM_TRACE_SAMPLE,
  };
}
