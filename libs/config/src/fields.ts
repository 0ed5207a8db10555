import { z } from 'zod';
import { parseNatsAddresses } from './nats-addresses.js';

const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

export const port = wholeNumber(0, 65_535);
export const milliseconds = wholeNumber(1, 24 * 3600 * 1000);
/** How often a process reports what it has counted for the usage of AppIDs. */
export const usageInterval = wholeNumber(100, 3600 * 1000).default(60_000);
export const positiveCount = wholeNumber(1, 1_000_000);
export const optionalText = z.string().optional();
/** Where a process runs: gateways prefer the media nodes of their own region. */
export const region = z.string().max(64).default('local');

/** Text validated by a parser. The refusal carries the parser's message, which must not quote the text. */
export function textFor(parse: (text: string) => unknown): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is wrong' });
    }
  });
}

/** Fields read by every service. */
export const serviceFields = {
  POLYROOM_NATS_URL: textFor(parseNatsAddresses).default('nats://127.0.0.1:4222'),
  /** With `tls://`: the authorities that sign the certificate of NATS, and the certificate of this client. */
  POLYROOM_NATS_CA_FILE: optionalText,
  POLYROOM_NATS_CERT_FILE: optionalText,
  POLYROOM_NATS_KEY_FILE: optionalText,
  /** On how many servers of a NATS cluster JetStream keeps messages, events and orders. */
  POLYROOM_NATS_REPLICAS: wholeNumber(1, 5).default(1),
  POLYROOM_HTTP_HOST: z.string().default('0.0.0.0'),
  POLYROOM_HTTP_PORT: port.default(0),
  POLYROOM_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Whether internals of libraries and of the kernel are used to save system calls (libs/fast-io). */
  POLYROOM_FAST_IO: z
    .enum(['on', 'off'])
    .default('on')
    .transform((value) => value === 'on'),
  /** The part of the requests of clients that is traced, 0 to 1. */
  POLYROOM_TRACE_SAMPLE: z.coerce.number().min(0).max(1).default(0),
  /** Where traces are sent; `/v1/traces` is added. The exporter reads it too, and the others of its specification. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).default('http://localhost:4318'),
};

/** Fields of the services whose HTTP port clients reach: the port of their probes and metrics. */
export const monitorFields = {
  POLYROOM_MONITOR_HOST: z.string().default('127.0.0.1'),
  POLYROOM_MONITOR_PORT: port.default(0),
};

/** Origins of web pages, separated by commas, as browsers state them. */
export const originList = z
  .string()
  .default('http://localhost:7088,http://127.0.0.1:7088')
  .transform((text, context): [string, ...string[]] => {
    const origins = text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    const [first, ...more] = origins;
    if (first === undefined || origins.some((origin) => !isOrigin(origin))) {
      context.addIssue({
        code: 'custom',
        message: 'must be origins such as https://console.example.com, separated by commas',
      });
      return z.NEVER;
    }
    return [first, ...more];
  });

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
