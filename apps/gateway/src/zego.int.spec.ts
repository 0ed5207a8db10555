import { expect, test } from '@jest/globals';
import { adminLimits } from '@polyroom/contracts';
import { appId, rightSignature } from '../test/fake-cluster.js';
import { useGateway } from '../test/use-gateway.js';

/** The server API in the form of ZEGO, where a failure is injected. */
const used = useGateway();

async function call(
  action: string,
  params: Record<string, string>,
  signature: string = rightSignature,
): Promise<{ Code: number; Data?: unknown }> {
  const query = new URLSearchParams({
    ...{ Action: action, AppId: String(appId), SignatureNonce: 'n', Timestamp: '1', SignatureVersion: '2.0' },
    ...{ Signature: signature, ...params },
  });
  const response = await fetch(`http://127.0.0.1:${used.gateway.port}/?${query.toString()}`);
  return (await response.json()) as { Code: number };
}

const kick = { RoomId: 'r1', 'UserId[]': 'ada' };

test('wrong signatures beyond the limit of an address are answered with 206, and auth is not asked', async () => {
  const { failuresPerAddress } = adminLimits;
  const wrong = () => call('KickoutUser', kick, 'b'.repeat(32));
  const replies = await Promise.all(Array.from({ length: failuresPerAddress }, wrong));
  expect(new Set(replies.map(({ Code }) => Code))).toEqual(new Set([100_000_005]));
  expect((await wrong()).Code).toBe(206);
  expect(used.cluster.countCalls('authorizeSigned')).toBe(failuresPerAddress);
});
