import { expect, test } from '@jest/globals';
import { adminLimits, AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, rightSignature } from '../../test/fake-services.js';
import { useRest } from '../../test/use-rest.js';

/** The server API in the form of ZEGO, where a failure is injected. */
const used = useRest();

async function call(
  action: string,
  params: Record<string, string>,
  signature: string = rightSignature,
): Promise<{ Code: number; Data?: unknown }> {
  const query = new URLSearchParams({
    ...{ Action: action, AppId: String(appId), SignatureNonce: 'n', Timestamp: '1', SignatureVersion: '2.0' },
    ...{ Signature: signature, ...params },
  });
  const response = await fetch(`http://127.0.0.1:${used.port}/?${query.toString()}`);
  return (await response.json()) as { Code: number };
}

const kick = { RoomId: 'r1', 'UserId[]': 'ada' };

test('wrong signatures beyond the limit of an address are answered with 206, and auth is not asked', async () => {
  const { failuresPerAddress } = adminLimits;
  const wrong = () => call('KickoutUser', kick, 'b'.repeat(32));
  const replies = await Promise.all(Array.from({ length: failuresPerAddress }, wrong));
  expect(new Set(replies.map(({ Code }) => Code))).toEqual(new Set([100_000_005]));
  expect((await wrong()).Code).toBe(206);
  expect(used.services.countCalls('authorizeSigned')).toBe(failuresPerAddress);
});

test.each(['', 's'.repeat(300), 'a?b'])('the StreamId %j is answered with 30009', async (StreamId) => {
  expect((await call('ForbidRTCStream', { StreamId, Sequence: '1' })).Code).toBe(30_009);
});

test('a request with malformed parameters does not reach auth, where it would use its nonce', async () => {
  expect((await call('KickoutUser', { RoomId: 'r1' })).Code).toBe(2);
  expect(used.services.countCalls('authorizeSigned')).toBe(0);
});

test('DelForbidUserRule lifts the bans of a rule by their IDs, and answers 50124 without one', async () => {
  const textsOf = () =>
    used.services.calls
      .filter(({ method }) => method === 'liftBan')
      .map(({ request }) => Buffer.from(String(request['banId']), 'base64url').toString());
  expect((await call('DelForbidUserRule', { RuleType: '1', IP: '2001:DB8:0::1' })).Code).toBe(0);
  expect(textsOf()).toEqual(['["2001:db8::1",null,null]']);
  expect((await call('DelForbidUserRule', { RuleType: '1', IP: 'somewhere' })).Code).toBe(2);
  used.services.onAct = () => {
    throw new AppError('BAN_NOT_FOUND');
  };
  expect((await call('DelForbidUserRule', { RuleType: '3', UserId: 'ada' })).Code).toBe(50_124);
  expect(textsOf().slice(1).sort()).toEqual(['[null,null,"ada","publish"]', '[null,null,"ada"]']);
});

test('the audit has each completed step of an action that fails later, and no act that reached no user', async () => {
  const command = { RoomId: 'r1', FromUserId: 'bot', 'ToUserId[]': 'absent', MessageContent: 'x' };
  expect(await call('SendCustomCommand', command)).toMatchObject({
    Code: 0,
    Data: { FailUsers: [{ Uid: 'absent', Code: 50_003 }] },
  });
  let failure: Error = new AppError('APP_EXCEED_MAXIMUM_BAN_COUNT');
  used.services.onAct = (method) => {
    if (used.services.countCalls(method) === 2) {
      throw failure;
    }
  };
  const rule = { RuleType: '3', UserId: 'ada', 'DisabledPrivilege[0]': '1', 'DisabledPrivilege[1]': '2' };
  expect((await call('SetForbidUserRule', { ...rule, EffectiveTime: '60' })).Code).toBe(50_123);
  failure = new Error('broke off');
  const stream = { RoomId: 'r1', StreamId: 's', DisableAudio: '1', DisableVideo: '1' };
  expect((await call('SetForbidStreamRule', stream)).Code).toBe(100_000_015);
  await waitFor(() => used.services.acts.length >= 3, { describe: 'the reports' });
  expect(used.services.acts).toMatchObject([
    { action: 'ban.set', subject: 'user:ada', after: { privilege: 'login', banned: true }, outcome: 'done' },
    { action: 'stream.mute', subject: 'stream:s', after: { kind: 'audio' }, outcome: 'done' },
    { action: 'stream.mute', subject: 'stream:s', after: { kind: 'video' }, outcome: 'unknown' },
  ]);
  expect(used.services.acts[0]!.statement).toBe(`zego:sc_1 users:ban ${appId}`);
});
