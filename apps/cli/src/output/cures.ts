/** What to do about errors that users of the program meet; the registry has their meaning. */
export const cures: Readonly<Record<string, string>> = {
  ADMIN_UNAUTHENTICATED: 'run polyroom login, or set POLYROOM_API_KEY',
  ADMIN_API_KEY_INVALID: 'create a key in the console and run polyroom login',
  ADMIN_API_KEY_APP_MISMATCH: 'name the AppID of the key with --app; routes of all AppIDs need an operator',
  ADMIN_API_KEY_PERMISSION_MISSING:
    'use a key with the permission that docs/api-keys.md names for this route',
  ADMIN_APP_NOT_FOUND: 'see polyroom apps list',
  ADMIN_TOO_MANY_FAILURES: 'correct the credential, and try again in a minute',
  COMMON_APP_OFFLINE: 'an operator runs polyroom apps enable',
  ENGINE_APPID_INCORRECT_OR_NOT_ONLINE: 'check --app and the address of the server',
  PROTOCOL_NETWORK_TIMEOUT: 'run polyroom doctor',
  ROOM_AUTHENTICATION_FAILED: 'check the ServerSecret and the grants of the token: polyroom token show',
  ROOM_CONNECT_FAILED: 'check --url, then run polyroom doctor',
  ROOM_LOGIN_MULTI_ROOM_NOT_OPEN: 'an operator runs polyroom entitlements set multiRoom true',
  ROOM_LOGIN_TIMEOUT: 'run polyroom doctor',
  ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT:
    'an operator raises the limit: polyroom entitlements set maxRoomsPerUser N',
  ROOM_ROOMID_INCORRECT: 'see polyroom rooms list',
  ROOM_TOKEN_APPID_ERROR: 'check --app, or make a token for this AppID',
  ROOM_TOKEN_EXPIRE_ERROR: 'make a new token, and compare the clocks: polyroom doctor',
  ROOM_TOKEN_USERID_ERROR: 'use the user of the token: polyroom token show',
};
