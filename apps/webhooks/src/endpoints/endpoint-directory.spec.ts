import { expect, test } from '@jest/globals';
import { type Bus } from '@polyroom/bus';
import { AppError } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { waitFor } from '@polyroom/testing';
import { EndpointDirectory } from './endpoint-directory.js';

test('a start before auth logs one line, without a stack, and reads the endpoints when auth is there', async () => {
  const lines: object[] = [];
  const logger = { warn: (fields: object, msg: string) => void lines.push({ ...fields, msg }) };
  let requests = 0;
  const bus = {
    subscribe: () => ({ close: () => undefined }),
    request: async () => {
      requests += 1;
      if (requests < 3) {
        throw new AppError('BUS_UNAVAILABLE');
      }
      return { webhooks: [] };
    },
  };
  const directory = new EndpointDirectory(bus as unknown as Bus, logger as unknown as Logger);
  directory.onApplicationBootstrap();
  await waitFor(() => directory.isRead, { timeoutMs: 10_000, describe: 'the endpoints' });
  await directory.onModuleDestroy();
  expect(requests).toBe(3);
  const reason = 'The service is not available.';
  expect(lines).toEqual([{ msg: 'waiting for a dependency', dependency: 'auth', reason }]);
});
