import { expect, test } from '@jest/globals';
import { AppError, roomIdSchema } from '@polyroom/contracts';
import { z } from 'zod';
import { failsWith, ZodPipe } from './zod.pipe.js';

const pipe = new ZodPipe();

function errorOf(schema: z.ZodType, value: unknown, data?: string): AppError {
  try {
    pipe.transform(value, { type: 'body', schema, ...(data === undefined ? {} : { data }) });
  } catch (error) {
    return error as AppError;
  }
  throw new Error('the value was accepted');
}

test('returns the parsed value, and leaves arguments without a schema alone', () => {
  const schema = z.object({ limit: z.coerce.number().default(100) });
  expect(pipe.transform({}, { type: 'query', schema })).toEqual({ limit: 100 });
  expect(pipe.transform('7', { type: 'query', schema: z.coerce.number(), data: 'limit' })).toBe(7);
  const request = { any: 'thing' };
  expect(pipe.transform(request, { type: 'custom' })).toBe(request);
});

test('throws the code of the violated rule and names the argument', () => {
  expect(errorOf(z.object({ roomId: roomIdSchema }), { roomId: 'r'.repeat(128) })).toMatchObject({
    code: 1002013,
    details: { path: 'roomId' },
  });
  expect(errorOf(roomIdSchema, '$r', 'roomId')).toMatchObject({ details: { path: 'roomId' } });
  const limit = errorOf(z.coerce.number(), 'none', 'limit');
  expect(limit).toMatchObject({ errorName: 'COMMON_ILLEGAL_PARAM', details: { path: 'limit' } });
  expect(limit.message).toMatch(/^limit: /);
});

test('throws the error of the schema if the violated rule names none', () => {
  const schema = failsWith(
    'ADMIN_ENTITLEMENT_VALUE_INVALID',
    z.strictObject({ value: z.number(), roomId: roomIdSchema.optional() }),
  );
  expect(errorOf(schema, { value: 'x' })).toMatchObject({
    errorName: 'ADMIN_ENTITLEMENT_VALUE_INVALID',
    details: { path: 'value' },
  });
  expect(errorOf(schema, { value: 1, roomId: '' })).toMatchObject({ errorName: 'ROOM_ROOMID_NULL' });
});
