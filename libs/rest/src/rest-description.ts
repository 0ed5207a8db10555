import { authRpc, operatorSessionRpc } from '@polyroom/contracts';
import { type RestDescription } from '@polyroom/nest-service/open-api';
import { restSchemas } from './rest-schemas.js';

/** The OpenAPI document's general part. */
export const restDescription: RestDescription = {
  title: 'Polyroom REST API',
  description: 'For operators and application servers, served by every gateway.',
  bearers: {
    operator: {
      description:
        'An admin token, the session of an operator or an API key, with the permission of the route.',
      errors: [...authRpc.authorize.errors, 'ADMIN_TOO_MANY_FAILURES', 'REST_TOO_MANY_REQUESTS'],
      isRated: true,
    },
  },
  cookies: {
    console: {
      name: operatorSessionRpc.sessionCookieName,
      description: 'The session of an operator in the console.',
      insteadOf: 'operator',
    },
  },
  tags: {
    ApiKeys: 'Credentials of application servers.',
    Apps: 'AppIDs.',
    Audit: 'Privileged acts and failed sign-ins.',
    Bans: 'Users, rooms and addresses that are refused.',
    Cluster: 'The health of the cluster.',
    Entitlements: 'What an AppID and its users may use.',
    Events: 'The event log of an AppID.',
    LoginHook: 'The endpoint of an application server that decides logins.',
    Members: 'Users in rooms.',
    Messages: 'Messages in rooms.',
    Mutes: 'Audio and video that operators mute.',
    Operation: 'The service itself.',
    Operators: 'Accounts of operators.',
    Recordings: 'Recordings of streams and rooms.',
    Revocations: 'Tokens that are no longer accepted.',
    Rooms: 'Rooms and their attributes.',
    Secrets: 'Secrets that client tokens are signed with.',
    Session: 'The sign-in of operators, and their own accounts.',
    Streams: 'Published streams.',
    Transfers: 'Moves of users and streams between rooms.',
    Usage: 'What an AppID, its rooms and its users have used.',
    Webhooks: 'Deliveries of events to application servers.',
    Zego: 'The server API in the form of ZEGO.',
  },
  schemas: restSchemas,
};
