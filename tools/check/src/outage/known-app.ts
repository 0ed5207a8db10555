import { randomInt } from 'node:crypto';
import { type AdminClient } from '@polyroom/cluster';
import { type CredentialKind } from '@polyroom/contracts';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';

/** An AppID with its secrets. */
export interface KnownApp {
  appId: number;
  name: string;
  appSign: string;
  serverSecret: string;
}

export type Credential = { appSign: string } | { token: string };

const credentialKinds: CredentialKind[] = ['appSign', 'token04', 'native'];
const tokenSeconds = 600;

export async function createKnownApp(admin: AdminClient, name: string): Promise<KnownApp> {
  const appId = randomInt(1, 0xffffffff);
  const created = await admin.createApp({ appId, name, credentialKinds });
  return { appId, name, ...created };
}

/** A new credential of a user, of each kind in turn. */
export async function credentialInTurn(app: KnownApp, userId: string, turn: number): Promise<Credential> {
  const { appId, appSign, serverSecret: secret } = app;
  const owner = { appId, userId, secret, effectiveTimeSeconds: tokenSeconds };
  switch (turn % credentialKinds.length) {
    case 0:
      return { appSign };
    case 1:
      return { token: generateToken04(owner) };
    default:
      return { token: await issueNativeToken(owner) };
  }
}
