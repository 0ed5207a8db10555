import { z } from 'zod';

/** Text without control characters: PostgreSQL rejects U+0000, and a lone surrogate is not UTF-8. May be empty. */
export const printableText = /^[^\p{Cc}\p{Cs}]*$/u;

export function printableTextSchema(maxChars: number): z.ZodString {
  return z.string().max(maxChars).regex(printableText);
}
