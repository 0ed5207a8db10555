import { z } from 'zod';
import { defineRpc } from '../define.js';

/** How long the answer to a request with an Idempotency-Key is kept. */
export const idempotencyKeepMs = 86_400_000;
/** Greatest answer that is kept, in characters as it is stored. */
export const idempotentAnswerMaxChars = 32_768;
/** Idempotency-Keys of one AppID in an hour. */
export const idempotencyKeysPerHour = 10_000;
/** The value of the header `Idempotency-Key`. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,128}$/);

const hashSchema = z.string().regex(/^[0-9A-Za-z_-]{43}$/);
const holderSchema = z.string().min(1).max(64);

/**
 * Takes the Idempotency-Key of a REST request. The gateway has authenticated the caller: `key` is a hash of its
 * credential and its key, and the answer is encrypted with a key that only this caller can derive.
 */
export const openIdempotent = defineRpc('room', 'openIdempotent', {
  request: z.strictObject({
    /** 0: a request of no AppID. */
    appId: z.number().int().min(0).max(0xffffffff),
    key: hashSchema,
    /** Hash of the request: another one with the same key is refused. */
    request: hashSchema,
    /** This attempt. */
    holder: holderSchema,
  }),
  reply: z.strictObject({
    /** The encrypted answer to an earlier attempt, or its failure; omitted: the caller carries the request out. */
    answer: z.string().optional(),
  }),
  errors: ['REST_IDEMPOTENCY_KEY_REUSED', 'REST_IDEMPOTENCY_KEY_PENDING', 'REST_TOO_MANY_IDEMPOTENCY_KEYS'],
});

/** Stores the answer of an attempt, or gives the key back. */
export const closeIdempotent = defineRpc('room', 'closeIdempotent', {
  request: z.strictObject({
    key: hashSchema,
    holder: holderSchema,
    /** Omitted: the request was refused, and may be repeated with the same key. */
    answer: z.string().min(1).max(idempotentAnswerMaxChars).optional(),
  }),
  reply: z.strictObject({}),
  errors: [],
});
