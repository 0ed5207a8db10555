import { expect, test } from '@jest/globals';
import { tokenIdSchema } from './revocation.js';
import { webhookFields } from './webhooks.js';

test.each([
  ['the URL of an endpoint', webhookFields.url, 'https://app.example/'],
  ['the description of an endpoint', webhookFields.description, 'shop'],
  ['the ID of a revoked token', tokenIdSchema, 'token-1'],
])('%s has no control characters, which the database would refuse', (_, schema, text) => {
  expect(schema.safeParse(text).success).toBe(true);
  for (const character of ['\u0000', '\u007f', '\ud800']) {
    const { error } = schema.safeParse(`${text}${character}x`);
    expect(error?.issues[0]?.message).toBe('COMMON_ILLEGAL_PARAM');
  }
});
