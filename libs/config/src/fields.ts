import { z } from 'zod';

const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

export const port = wholeNumber(0, 65_535);
export const milliseconds = wholeNumber(1, 24 * 3600 * 1000);
export const optionalText = z.string().optional();

/** What every service reads. */
export const serviceFields = {
  POLYROOM_NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  POLYROOM_HTTP_HOST: z.string().default('0.0.0.0'),
  POLYROOM_HTTP_PORT: port.default(0),
  POLYROOM_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
};
