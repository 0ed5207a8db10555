import { AppError, type ErrorName } from '@polyroom/contracts';

/** Refusals of the library that have a meaning of their own. */
const byCode: Record<string, ErrorName> = {
  INVALID_EMAIL_OR_PASSWORD: 'ADMIN_SIGN_IN_REFUSED',
  INVALID_PASSWORD: 'ADMIN_SIGN_IN_REFUSED',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'ADMIN_SIGN_IN_REFUSED',
  ACCOUNT_DISABLED: 'ADMIN_SIGN_IN_REFUSED',
  INVALID_CODE: 'ADMIN_SIGN_IN_REFUSED',
  INVALID_BACKUP_CODE: 'ADMIN_SIGN_IN_REFUSED',
  INVALID_TWO_FACTOR_COOKIE: 'ADMIN_SIGN_IN_REFUSED',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'ADMIN_SIGN_IN_REFUSED',
  AUTHENTICATION_FAILED: 'ADMIN_SIGN_IN_REFUSED',
  PASSKEY_NOT_FOUND: 'ADMIN_SIGN_IN_REFUSED',
  CHALLENGE_NOT_FOUND: 'ADMIN_SIGN_IN_REFUSED',
};

/** The error of a reply of the library with a status of 400 or more. */
export function toAppError(status: number, body: unknown): AppError {
  const { code } = Object(body) as { code?: unknown };
  const reason = typeof code === 'string' ? code : `status ${status}`;
  if (status >= 500) {
    throw new Error(`the sign-in library failed: ${reason}`);
  }
  const name =
    byCode[reason] ??
    (status === 429
      ? 'ADMIN_TOO_MANY_FAILURES'
      : status === 401
        ? 'ADMIN_UNAUTHENTICATED'
        : 'ADMIN_SIGN_IN_STATE_WRONG');
  // Refusals must not tell which part of the credential was wrong.
  return new AppError(name, name === 'ADMIN_SIGN_IN_STATE_WRONG' ? { details: { reason } } : {});
}
