/** A named permission of the REST API. */
export interface PermissionSpec {
  /** `cluster`: not bound to one AppID. */
  scope: 'app' | 'cluster';
  /** Whether an API key may have it; the others are for operators only. */
  grantable: boolean;
  summary: string;
}

/**
 * Every permission. An operator has those of its roles. An API key cannot create AppIDs or keys, and cannot change
 * entitlements, which are the quotas of its own AppID.
 */
export const permissionList = {
  'apps:read': { scope: 'cluster', grantable: false, summary: 'List the AppIDs.' },
  'apps:create': { scope: 'cluster', grantable: false, summary: 'Create an AppID.' },
  'apps:write': {
    scope: 'app',
    grantable: false,
    summary: 'Disable or enable the AppID, and set the credentials that it accepts.',
  },
  'apps:delete': { scope: 'app', grantable: false, summary: 'Delete the AppID.' },
  'secrets:read': {
    scope: 'app',
    grantable: false,
    summary: 'List the ServerSecrets, without their values.',
  },
  'secrets:write': { scope: 'app', grantable: false, summary: 'Rotate the ServerSecrets and the AppSign.' },
  'apiKeys:read': { scope: 'app', grantable: false, summary: 'List the API keys.' },
  'apiKeys:write': { scope: 'app', grantable: false, summary: 'Create, expire and revoke API keys.' },
  'entitlements:read': { scope: 'app', grantable: true, summary: 'Read the entitlements.' },
  'entitlements:write': { scope: 'app', grantable: false, summary: 'Change the entitlements.' },
  'audit:read': { scope: 'app', grantable: true, summary: 'Read the audit of the AppID.' },
  'audit:readAll': {
    scope: 'cluster',
    grantable: false,
    summary: 'Read the audit of all AppIDs, and failed sign-ins.',
  },
  'rooms:read': { scope: 'app', grantable: true, summary: 'Read rooms, members and the rooms of a user.' },
  'rooms:write': {
    scope: 'app',
    grantable: true,
    summary: 'Create and close rooms, and change their attributes.',
  },
  'users:kick': { scope: 'app', grantable: true, summary: 'Remove users from rooms.' },
  'users:ban': { scope: 'app', grantable: true, summary: 'Ban users, rooms and addresses, and list bans.' },
  'users:move': { scope: 'app', grantable: true, summary: 'Move and copy users between rooms.' },
  'tokens:revoke': { scope: 'app', grantable: true, summary: 'Revoke tokens of users.' },
  'messages:send': { scope: 'app', grantable: true, summary: 'Send messages as the system or a user.' },
  'messages:delete': { scope: 'app', grantable: true, summary: 'Delete messages of any user.' },
  'messages:read': { scope: 'app', grantable: true, summary: 'Read stored messages.' },
  'streams:read': { scope: 'app', grantable: true, summary: 'List streams, and read their mutes.' },
  'streams:mute': { scope: 'app', grantable: true, summary: 'Mute and unmute streams.' },
  'streams:stop': { scope: 'app', grantable: true, summary: 'Stop streams.' },
  'streams:share': {
    scope: 'app',
    grantable: true,
    summary: 'Show streams in further rooms, and remove them from rooms.',
  },
  'recordings:read': { scope: 'app', grantable: true, summary: 'List recordings, and download their files.' },
  'recordings:write': { scope: 'app', grantable: true, summary: 'Start and end recordings.' },
  'webhooks:read': { scope: 'app', grantable: true, summary: 'List webhooks and their deliveries.' },
  'webhooks:write': {
    scope: 'app',
    grantable: true,
    summary: 'Create, change, test, replay and delete webhooks, and rotate their secrets.',
  },
  'events:read': { scope: 'app', grantable: true, summary: 'Read the event log.' },
  'usage:read': {
    scope: 'app',
    grantable: true,
    summary: 'Read the usage: minutes, messages and bytes.',
  },
  'cluster:read': {
    scope: 'cluster',
    grantable: false,
    summary: 'Read the health of the cluster: processes, versions, media nodes.',
  },
  'operators:read': { scope: 'cluster', grantable: false, summary: 'List operators and their sessions.' },
  'operators:write': {
    scope: 'cluster',
    grantable: false,
    summary: 'Create, change and disable operators, and end their sessions.',
  },
} as const satisfies Record<string, PermissionSpec>;

export type Permission = keyof typeof permissionList;

export const permissions = Object.keys(permissionList) as Permission[];

/** The permissions that an API key may have. */
export const grantablePermissions = permissions.filter((name) => permissionList[name].grantable);

/** The caller of a privileged act, and what it may do, from a verified statement. */
export interface Authority {
  /** Name in the audit: an operator's, or the ID of an API key. */
  actor: string;
  kind: 'operator' | 'apiKey';
  permission: Permission;
  /** Omitted if the permission is not bound to one AppID. */
  appId?: number | undefined;
}

/** How a contract is protected. */
export interface RequiredAuthority<Req = unknown> {
  permission: Permission;
  /** Without a statement, the request is a user's act, and the caller has checked the user's rights. */
  isOptional?: boolean;
  /** The AppIDs that the request names; by default its `appId`. */
  appIdsOf?: (request: Req) => number[];
}

/** Maximum validity of a statement. */
export const statementLifetimeSeconds = 30;
