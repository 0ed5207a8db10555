import { issueNativeToken } from '@polyroom/tokens';
import { loginParams, type TestApp } from './test-cluster.js';

export type TokenOptions = Partial<Parameters<typeof issueNativeToken>[0]>;

/** A native token of the user, valid for a minute. */
export function issue(app: TestApp, userId: string, more: TokenOptions = {}): Promise<string> {
  const { appId, serverSecret: secret } = app;
  return issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 60, ...more });
}

/** Parameters of a login with a token only. */
export function withToken(app: TestApp, roomId: string, userId: string, token: string): never {
  return loginParams(app, roomId, userId, { appSign: undefined, token });
}
