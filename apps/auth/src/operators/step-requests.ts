import { type operatorSessionRpc } from '@polyroom/contracts';
import { oidcProviderId } from './library-requests.js';

type Body = Record<string, unknown>;

interface StepRequest {
  method: 'GET' | 'POST';
  /** Below the base path of the sign-in library. */
  path: string;
  /** Of the JSON body, or of the query of a GET request. */
  body?: Body;
}

/** Steps that the library takes; the others only read or change the database. */
export type LibraryStep = Exclude<
  operatorSessionRpc.SessionStep,
  'listMethods' | 'listSessions' | 'endSession'
>;

const post = (path: string, body: Body = {}): StepRequest => ({ method: 'POST', path, body });
const get = (path: string, body: Body = {}): StepRequest => ({ method: 'GET', path, body });

/** The request to the library for a step with a checked body: no other path of the library can be reached. */
export const stepRequests: Record<LibraryStep, (body: Body, consoleUrl: string) => StepRequest> = {
  signIn: ({ email, password }) => post('/sign-in/email', { email, password }),
  signOut: () => post('/sign-out'),
  getSession: () => get('/get-session'),
  changePassword: ({ currentPassword, newPassword }) =>
    post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true }),
  verifyTotp: ({ code }) => post('/two-factor/verify-totp', { code }),
  verifyRecoveryCode: ({ code }) => post('/two-factor/verify-backup-code', { code }),
  enrolTotp: ({ password }) => post('/two-factor/enable', { password, method: 'totp' }),
  removeTotp: ({ password }) => post('/two-factor/disable', { password }),
  renewRecoveryCodes: ({ password }) => post('/two-factor/generate-backup-codes', { password }),
  beginPasskeySignIn: () => get('/passkey/generate-authenticate-options'),
  passkeySignIn: ({ response }) => post('/passkey/verify-authentication', { response }),
  beginPasskeyEnrolment: () => get('/passkey/generate-register-options'),
  enrolPasskey: ({ response, name }) => post('/passkey/verify-registration', { response, name }),
  listPasskeys: () => get('/passkey/list-user-passkeys'),
  removePasskey: ({ passkeyId }) => post('/passkey/delete-passkey', { id: passkeyId }),
  beginOidc: (_body, consoleUrl) =>
    post('/sign-in/social', {
      provider: oidcProviderId,
      callbackURL: consoleUrl,
      errorCallbackURL: consoleUrl,
      disableRedirect: true,
    }),
  finishOidc: (query) => get(`/callback/${oidcProviderId}`, query),
};
