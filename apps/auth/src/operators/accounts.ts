import { passkey } from '@better-auth/passkey';
import { type OperatorGrant } from '@polyroom/contracts';
import { type Database } from '@polyroom/persistence';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { genericOAuth, twoFactor } from 'better-auth/plugins';
import { type Logger } from 'pino';
import { type AccountSettings, type OidcSettings } from './account-settings.js';
import { addressHeader, oidcProviderId, sessionBasePath } from './library-requests.js';
import { hashPassword, verifyPassword } from './password.js';

const noGrants = '[]';
/** A session that is not used for this long ends. */
const sessionSeconds = 12 * 3600;
const sessionRenewSeconds = 15 * 60;

/** Accounts, sessions and second factors: better-auth on the database of this service. */
export async function createAccounts(database: Database, settings: AccountSettings, logger: Logger) {
  const { adapter, secrets } = await database.openAccounts();
  const consoleUrl = new URL(settings.consoleOrigins[0]);
  return betterAuth({
    appName: 'Polyroom',
    baseURL: settings.adminUrl,
    basePath: sessionBasePath,
    secrets,
    database: adapter,
    trustedOrigins: [...settings.consoleOrigins],
    telemetry: { enabled: false },
    // Otherwise the library writes them to stderr.
    onAPIError: { throw: true, errorURL: `${settings.consoleOrigins[0]}/admin.html` },
    // The gateway limits failures per address, with one code.
    rateLimit: { enabled: false },
    logger: {
      level: 'error',
      // The arguments may have parts of the request.
      log: (_level, message) => logger.warn({ reason: message }, 'sign-in library reported an error'),
    },
    user: {
      modelName: 'operator',
      validateUserInfo: ({ user }) => {
        // Of each account by its creator, or by the provider at each sign-in.
        return (user as { grants?: unknown }).grants === noGrants ? { error: 'no_role' } : undefined;
      },
      additionalFields: {
        // Set from the groups of the identity provider. The routes of the library that would take it from a client are not
        // served.
        grants: { type: 'string', input: true, required: false, defaultValue: noGrants },
        mustChangePassword: { type: 'boolean', input: false, defaultValue: false },
        disabledAt: { type: 'date', input: false, required: false },
      },
    },
    session: { modelName: 'operatorSession', expiresIn: sessionSeconds, updateAge: sessionRenewSeconds },
    account: {
      modelName: 'operatorAccount',
      // An account of the provider never takes over one with a password.
      accountLinking: { enabled: false },
    },
    verification: { modelName: 'operatorVerification', storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(password, hash),
      },
    },
    advanced: {
      cookiePrefix: 'polyroom',
      // The gateway adds Secure, because only it knows whether the browser uses TLS.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: sessionCookiePath },
      cookies: {
        session_token: { name: 'polyroom.session' },
        // Read when the browser comes back from the provider, which is another site.
        state: { attributes: { sameSite: 'lax' } },
        oauth_state: { attributes: { sameSite: 'lax' } },
      },
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    databaseHooks: {
      account: {
        // Nothing is asked of the provider after the sign-in.
        create: { before: (account) => Promise.resolve({ data: withoutTokens(account) }) },
        update: { before: (account) => Promise.resolve({ data: withoutTokens(account) }) },
      },
      session: {
        create: {
          // In the transaction of the sign-in.
          before: async (session, context) => {
            const operator = await context?.context.internalAdapter.findUserById(session.userId);
            const { id, disabledAt } = Object(operator) as { id?: string; disabledAt?: Date | null };
            if (id === undefined || (disabledAt ?? null) !== null) {
              // As for a wrong password.
              throw new APIError('UNAUTHORIZED', { code: 'ACCOUNT_DISABLED' });
            }
          },
        },
      },
    },
    plugins: [
      twoFactor({
        issuer: 'Polyroom',
        twoFactorTable: 'operatorTwoFactor',
        schema: { twoFactor: { modelName: 'operatorTwoFactor' } },
      }),
      passkey({
        rpName: 'Polyroom',
        rpID: consoleUrl.hostname,
        origin: [...settings.consoleOrigins],
        // A passkey replaces password and code, so that the device must check its user; the library only prefers it.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: {
          afterVerification: ({ verification }) =>
            requireUserVerification(verification.registrationInfo?.userVerified),
        },
        authentication: {
          afterVerification: ({ verification }) =>
            requireUserVerification(verification.authenticationInfo.userVerified),
        },
        schema: { passkey: { modelName: 'operatorPasskey' } },
      }),
      ...(settings.oidc === undefined ? [] : [genericOAuth({ config: [toProvider(settings.oidc)] })]),
    ],
  });
}
export type Accounts = Awaited<ReturnType<typeof createAccounts>>;

/** The routes that accept the session of an operator. */
const sessionCookiePath = '/v1';

function requireUserVerification(isVerified: boolean | undefined): void {
  if (isVerified !== true) {
    throw new APIError('UNAUTHORIZED', { code: 'AUTHENTICATION_FAILED' });
  }
}

const withoutTokens = <T extends object>(account: T) => ({
  ...account,
  accessToken: null,
  refreshToken: null,
  idToken: null,
});

function toProvider(oidc: OidcSettings) {
  return {
    providerId: oidcProviderId,
    name: oidc.name,
    discoveryUrl: `${oidc.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
    requireIdTokenVerification: true,
    // The provider decides on the roles, at each sign-in.
    overrideUserInfo: true,
    mapProfileToUser: (profile: Record<string, unknown>) => ({
      grants: JSON.stringify(grantsOfProfile(profile, oidc)),
    }),
  };
}

function grantsOfProfile(
  profile: Record<string, unknown>,
  { rolesClaim, grantsOf }: OidcSettings,
): OperatorGrant[] {
  const claim = profile[rolesClaim];
  const groups = (Array.isArray(claim) ? claim : [claim]).filter((group) => typeof group === 'string');
  return groups.flatMap((group) => grantsOf.get(group) ?? []);
}
