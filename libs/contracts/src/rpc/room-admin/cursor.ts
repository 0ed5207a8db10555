import { z } from 'zod';

const greatestCursor = String(2n ** 64n - 1n);

/** Position in a Redis scan: an unsigned 64-bit integer. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,20}$/)
  .refine((cursor) => cursor.padStart(20, '0') <= greatestCursor);
