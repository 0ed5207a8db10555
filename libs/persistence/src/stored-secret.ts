import { type SealedPlace, type SecretKeys } from './secret-keys.js';

/** The stored form of a secret: plain only in rows of an earlier version. */
export interface StoredSecret {
  secretId: string;
  value: string | null;
  sealed: string | null;
}

/** The ServerSecret of a row. */
export function openStored(
  keys: SecretKeys,
  appId: number,
  { secretId, value, sealed }: StoredSecret,
): string {
  if (sealed !== null) {
    return keys.open(placeOf(appId, secretId), sealed);
  }
  if (value === null) {
    throw new Error(`serverSecret ${secretId} of AppID ${appId} has no value`);
  }
  return value;
}

/** The columns of a new ServerSecret. */
export function toStored(
  keys: SecretKeys,
  appId: number,
  { secretId, value }: { secretId: string; value: string },
): { secretId: string; sealed: string } {
  return { secretId, sealed: keys.seal(placeOf(appId, secretId), value) };
}

function placeOf(appId: number, id: string): SealedPlace {
  return { kind: 'serverSecret', appId, id };
}
