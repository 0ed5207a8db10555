import { AppError, type CredentialKind } from '@polyroom/contracts';

const names: Record<CredentialKind, string> = {
  appSign: 'an AppSign',
  token04: 'a token04',
  native: 'a native token',
};

/**
 * Throws 1001005 for an AppSign and 1002079 for a token of a kind that the AppID does not accept. The message names
 * what it accepts, and depends on nothing secret.
 */
export function assertAccepted(kind: CredentialKind, accepted: readonly CredentialKind[]): void {
  if (accepted.includes(kind)) {
    return;
  }
  const instead = accepted.map((each) => names[each]).join(' or ');
  throw new AppError(kind === 'appSign' ? 'ENGINE_APPSIGN_INCORRECT' : 'ROOM_TOKEN_VERSION_ERROR', {
    message: `The AppID does not accept ${names[kind]}: log in with ${instead}.`,
    details: { path: kind === 'appSign' ? 'appSign' : 'token', accepted: [...accepted] },
  });
}
