import { expect, test } from '@jest/globals';
import { appDisabled } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId } from '../test/fake-cluster.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();

const offline = 1000037;

test('ends the sessions of a disabled AppID although the announcement is lost', async () => {
  const client = await used.connectTo('r1', 'u');
  used.cluster.isAppDisabled = true;
  await waitFor(() => client.events('room.expelled').length > 0, {
    timeoutMs: 15_000,
    describe: 'the session to end',
  });
  expect(client.events('room.expelled')).toEqual([{ code: offline }]);
  await waitFor(() => used.cluster.countCalls('endSession') > 0, { describe: 'the report' });
});

test('retries the report to the room service, and ends no session of another AppID', async () => {
  const client = await used.connectTo('r1', 'u');
  let failures = 1;
  used.cluster.onEndSession = () => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('not now');
    }
  };
  used.cluster.bus.publish(appDisabled, {}, { appId: appId + 1 });
  used.cluster.bus.publish(appDisabled, {}, { appId });
  await waitFor(() => client.events('room.expelled').length > 0, {
    timeoutMs: 2000,
    describe: 'the session to end',
  });
  await waitFor(() => used.cluster.countCalls('endSession') > 1, { timeoutMs: 5000, describe: 'the retry' });
  const answer = await client.ask('message.broadcast', { roomId: 'r1', content: 'x', clientMessageId: 'm' });
  expect(answer.error?.code).toBe(1000002);
});
