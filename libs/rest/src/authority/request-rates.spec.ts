import { expect, test } from '@jest/globals';
import { restLimits } from '@polyroom/contracts';
import { RequestRates } from './request-rates.js';

const { requestsPerWindow, windowMs } = restLimits;

test('refuses a credential beyond its rate with 1190116, and no other one, until the window ends', () => {
  const rates = new RequestRates();
  const headers: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => (headers[name] = value) };
  for (let count = 0; count < requestsPerWindow; count++) {
    rates.take('one', reply, 0);
  }
  expect(headers).toEqual({
    'ratelimit-policy': `"credential";q=${requestsPerWindow};w=${windowMs / 1000}`,
    ratelimit: `"credential";r=0;t=${windowMs / 1000}`,
  });
  for (const name of ['check', 'take'] as const) {
    expect(() => rates[name]('one', reply, windowMs - 500)).toThrow(
      expect.objectContaining({ code: 1190116, details: { retryAfterSeconds: 1 } }),
    );
  }
  rates.check('other', reply, windowMs - 500);
  rates.take('other', reply, windowMs - 500);
  rates.check('one', reply, windowMs);
  rates.take('one', reply, windowMs);
  expect(headers['ratelimit']).toBe(`"credential";r=${requestsPerWindow - 1};t=${windowMs / 1000}`);
});
