import { type LibraryStep } from './step-requests.js';

type Body = Record<string, unknown>;

interface LibraryPasskey {
  id: string;
  name?: string | null;
  createdAt?: string | null;
}

/** The reply of a step, without the token and the profile that the library adds. */
export function toStepReply(step: LibraryStep, body: Body): Body {
  switch (step) {
    case 'signIn':
      return { next: body['twoFactorRedirect'] === true ? 'totp' : 'done' };
    case 'verifyTotp':
    case 'verifyRecoveryCode':
    case 'passkeySignIn':
      return { next: 'done' };
    case 'enrolTotp':
      return { totpUri: body['totpURI'], recoveryCodes: body['backupCodes'] };
    case 'renewRecoveryCodes':
      return { recoveryCodes: body['backupCodes'] };
    case 'beginPasskeySignIn':
      // The library asks only for a preference.
      return { options: { ...body, userVerification: 'required' } };
    case 'beginPasskeyEnrolment':
      return { options: body };
    case 'listPasskeys':
      return { passkeys: (body as unknown as LibraryPasskey[]).map(toPasskey) };
    case 'beginOidc':
      return { url: body['url'] };
    default:
      return {};
  }
}

const toPasskey = ({ id, name, createdAt }: LibraryPasskey) => ({
  passkeyId: id,
  name: name ?? null,
  createdAtMs: typeof createdAt === 'string' ? Date.parse(createdAt) : null,
});
