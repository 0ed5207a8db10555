import { createHash, randomBytes } from 'node:crypto';
import { type TestApp } from './test-cluster.js';

/** The common parameters of a request in ZEGO's form. */
export function sign(
  { appId, serverSecret }: TestApp,
  { nonce = randomBytes(8).toString('hex'), atMs = Date.now() } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHash('md5').update(`${appId}${nonce}${serverSecret}${timestamp}`).digest('hex');
  return {
    ...{ AppId: String(appId), SignatureNonce: nonce, Timestamp: timestamp },
    ...{ Signature: signature, SignatureVersion: '2.0' },
  };
}

/** Of every action, so that a request is refused for its signature only. */
export const zegoParams = {
  ...{ RoomId: 'z', UserId: 'z', UserName: 'z', FromUserId: 'z', ToUserId: 'z', StreamId: 'z' },
  ...{ CustomReason: 'x', MessageCategory: 1, MessageContent: 'x', Sequence: '1', Mode: 0, Limit: 1 },
  ...{ RuleType: 3, DisabledPrivilege: 1, EffectiveTime: 60, DisableAudio: 1, DisableVideo: 1 },
};
