import { createToken } from '@polyroom/server-sdk';
import { UsageError } from '../output/failure.js';
import { findSecret, readSecret } from '../settings/secrets.js';
import { type Settings } from '../settings/settings.js';
import { type Surroundings } from '../surroundings.js';
import { decodeToken } from './decode-token.js';

/** Files of a command that logs in as a client. */
export interface ClientCredentialOptions {
  tokenFile?: string;
  serverSecretFile?: string;
}

/** A user of the AppID, and tokens for it. */
export interface ClientCredentials {
  userId: string;
  token: string;
}

const tokenSource = (file: string | undefined) => ({
  what: 'the token',
  variable: 'POLYROOM_TOKEN',
  option: '--token-file',
  file,
});
const secretSource = (file: string | undefined) => ({
  what: 'the ServerSecret',
  variable: 'POLYROOM_SERVER_SECRET',
  option: '--server-secret-file',
  file,
});

export function readToken(file: string | undefined, surroundings: Surroundings): Promise<string> {
  return readSecret(tokenSource(file), surroundings);
}

/** From a file, the environment or the profile; else from a prompt. */
export async function readServerSecret(settings: Settings, file: string | undefined): Promise<string> {
  const found = await findServerSecret(settings, file);
  return found ?? readSecret(secretSource(undefined), settings.surroundings);
}

/** As `readServerSecret`, without a prompt. */
export async function findServerSecret(
  settings: Settings,
  file: string | undefined,
): Promise<string | undefined> {
  const given = await findSecret(secretSource(file), settings.surroundings);
  // Without a server there is no profile to ask.
  return given ?? (await settings.profileSecret());
}

export function findToken(settings: Settings, file: string | undefined): Promise<string | undefined> {
  return findSecret(tokenSource(file), settings.surroundings);
}

/** The given token with its user, or a token of the user that the ServerSecret makes. */
export async function clientCredentials(
  settings: Settings,
  { serverSecretFile, tokenFile }: ClientCredentialOptions,
  { userId, validSeconds }: { userId: string; validSeconds: number },
): Promise<ClientCredentials> {
  const token = await findToken(settings, tokenFile);
  if (token !== undefined) {
    return { userId: decodeToken(token).user ?? userId, token };
  }
  const secret = await readServerSecret(settings, serverSecretFile);
  const options = { appId: await settings.appId(), userId, secret, effectiveTimeSeconds: validSeconds };
  return { userId, token: await createToken({ ...options, rooms: 'any' }) };
}

/** Fails before anything is connected if a command that makes tokens has no ServerSecret. */
export async function requireServerSecret(settings: Settings, file: string | undefined): Promise<string> {
  const secret = await readServerSecret(settings, file);
  if (Buffer.byteLength(secret) !== 32) {
    throw new UsageError('the ServerSecret must have 32 bytes');
  }
  return secret;
}
