import { type OperatorGrant } from '@polyroom/contracts';

/** The OIDC provider of a company. */
export interface OidcSettings {
  issuer: string;
  /** Shown on the button. */
  name: string;
  clientId: string;
  clientSecret: string;
  /** The claim with the groups of the user. */
  rolesClaim: string;
  /** The roles of a group. */
  grantsOf: ReadonlyMap<string, OperatorGrant[]>;
}

export interface AccountSettings {
  /** The address of the REST API as browsers see it. */
  adminUrl: string;
  /** Origins of the console; the first one is its address. */
  consoleOrigins: readonly [string, ...string[]];
  oidc?: OidcSettings | undefined;
}

/** Of a cluster on one machine. */
export const defaultAccountSettings: AccountSettings = {
  adminUrl: 'http://localhost:7080',
  consoleOrigins: ['http://localhost:7088', 'http://127.0.0.1:7088'],
};

/** Injection token for `AccountSettings`. */
export const accountSettingsToken = Symbol('account settings');
