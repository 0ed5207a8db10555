import { type EntitlementName, type Entitlements } from '@polyroom/contracts';

interface BooleanSpec {
  /** Whether it can be set for single users. */
  perUser?: true;
  type: 'boolean';
  default: boolean;
  description: string;
}
interface NumberSpec {
  perUser?: true;
  type: 'integer';
  default: number;
  min: number;
  max: number;
  description: string;
}
interface ChoiceSpec {
  perUser?: true;
  type: 'choice';
  default: string;
  choices: readonly string[];
  description: string;
}
/** Type, default and bounds of one entitlement. */
export type EntitlementSpec = BooleanSpec | NumberSpec | ChoiceSpec;

// The brackets keep the conditional type from distributing over a union such as the device policies.
type SpecOf<Value> = [Value] extends [boolean]
  ? BooleanSpec
  : [Value] extends [number]
    ? NumberSpec
    : ChoiceSpec & { default: Value; choices: readonly Value[] };

/**
 * All entitlements. The list is code, so an unknown name is an error and never a row without effect. The
 * values are rows in the database; a missing row means the default.
 */
export const entitlementList = {
  multiRoom: {
    type: 'boolean',
    default: false,
    description: 'Users may be in several rooms at once (otherwise 1002036).',
    perUser: true,
  },
  maxRoomsPerUser: {
    type: 'integer',
    default: 5,
    min: 1,
    max: 1000,
    description:
      'Rooms that **one user** may be in at once in multi-room mode (1002037). For the rooms of all users together: `maxRooms`.',
    perUser: true,
  },
  maxMembersPerRoom: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000,
    description: 'Members that one room may have; 0 means no limit.',
  },
  maxPlays: {
    type: 'integer',
    default: 12,
    min: 1,
    max: 50,
    description: 'Streams that one session may play at once.',
    perUser: true,
  },
  maxDataStreams: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 16,
    description:
      'Data streams that one session may publish at once; 0 means that its transports carry no data. Applies to new sessions. Data between media nodes is not encrypted.',
  },
  maxDataPlays: {
    type: 'integer',
    default: 12,
    min: 1,
    max: 200,
    description: 'Data streams that one session may subscribe to at once.',
    perUser: true,
  },
  maxDataMessageBytes: {
    type: 'integer',
    default: 4096,
    min: 1,
    max: 65_536,
    description: 'Bytes of one message of a data stream. Applies to new sessions.',
  },
  dataMessagesPerSecond: {
    type: 'integer',
    default: 100,
    min: 1,
    max: 5000,
    description: 'Messages of one data stream per second. A stream that exceeds it is stopped.',
    perUser: true,
  },
  shareStream: {
    type: 'boolean',
    default: true,
    description: 'One published stream may be shown in several rooms.',
    perUser: true,
  },
  maxMessageBytes: {
    type: 'integer',
    default: 1024,
    min: 1,
    max: 32_768,
    description: 'UTF-8 bytes of one room message or custom command.',
    perUser: true,
  },
  maxTransparentBytes: {
    type: 'integer',
    default: 4096,
    min: 1,
    max: 32_768,
    description: 'Bytes of one transparent message.',
    perUser: true,
  },
  broadcastsPerUserPerSecond: {
    type: 'integer',
    default: 2,
    min: 0,
    max: 1000,
    description: 'Broadcast messages of one user in one room per second; 0 means no limit.',
    perUser: true,
  },
  broadcastsPerRoomPerSecond: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 10_000,
    description: 'Broadcast messages in one room per second; 0 means no limit.',
  },
  barragesPerRoomPerSecond: {
    type: 'integer',
    default: 20,
    min: 0,
    max: 10_000,
    description: 'Barrage messages in one room per second; 0 means no limit.',
  },
  commandsToOnePerRoomPerSecond: {
    type: 'integer',
    default: 200,
    min: 0,
    max: 10_000,
    description: 'Custom commands to one user in one room per second; 0 means no limit.',
  },
  commandsToManyPerRoomPerSecond: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 10_000,
    description: 'Custom commands to several users in one room per second; 0 means no limit.',
  },
  transparentsPerRoomPerSecond: {
    type: 'integer',
    default: 20,
    min: 0,
    max: 10_000,
    description: 'Transparent messages in one room per second; 0 means no limit.',
  },
  updatesPerUserPerSecond: {
    type: 'integer',
    default: 5,
    min: 0,
    max: 1000,
    description:
      'Attribute changes, extra info, changed names and transparent messages of one user in one room per second; 0 means no limit.',
    perUser: true,
  },
  attributeChangesPerRoomPerSecond: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 10_000,
    description: 'Attribute changes in one room per second; 0 means no limit.',
  },
  serverMessagesPerSecond: {
    type: 'integer',
    default: 100,
    min: 0,
    max: 10_000,
    description: 'Messages and attribute changes that application servers send per second; 0 means no limit.',
  },
  historySeconds: {
    type: 'integer',
    default: 300,
    min: 0,
    max: 3600,
    description: 'How long a message is replayed to members that reconnect.',
  },
  historyMessages: {
    type: 'integer',
    default: 1000,
    min: 0,
    max: 10_000,
    description: 'How many messages of a room are replayed to members that reconnect.',
  },
  maxStoredMessageBytes: {
    type: 'integer',
    default: 268_435_456,
    min: 0,
    max: 1_099_511_627_776,
    description: 'Bytes of all stored messages of the AppID (1190502); 0 means no quota.',
  },
  eventLogHours: {
    type: 'integer',
    default: 72,
    min: 0,
    max: 720,
    description: 'How long the events of the AppID are kept; 0 means that none are recorded.',
  },
  maxEventLogBytes: {
    type: 'integer',
    default: 268_435_456,
    min: 1_048_576,
    max: 1_099_511_627_776,
    description:
      'Bytes of the event log of the AppID. When it is full, the oldest events make room for new ones.',
  },
  messageEvents: {
    type: 'boolean',
    default: false,
    description:
      'Stored messages are recorded in the event log, with their content (message.sent). Each one costs another write.',
  },
  devicePolicy: {
    type: 'choice',
    default: 'kickOld',
    choices: ['kickOld', 'refuseNew', 'share'],
    description:
      'Effect of a second session of a user: it ends the first (kickOld), is refused (refuseNew), or shares the room budget (share).',
    perUser: true,
  },
  maxRoomAttributes: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 1000,
    description: 'Keys that the attributes of one room may have.',
  },
  maxRooms: {
    type: 'integer',
    default: 10_000,
    min: 0,
    max: 10_000_000,
    description:
      'Rooms that **all users of the AppID together** may have at once (1002035); 0 means no limit. For the rooms of one user: `maxRoomsPerUser`.',
  },
  maxUsers: {
    type: 'integer',
    default: 10_000,
    min: 0,
    max: 10_000_000,
    description: 'Users that the AppID may have in rooms at once (1190402); 0 means no limit.',
  },
  maxSessions: {
    type: 'integer',
    default: 20_000,
    min: 0,
    max: 10_000_000,
    description: 'Sessions that the AppID may have at once (1190405); 0 means no limit.',
  },
  maxInteropSessions: {
    type: 'integer',
    default: 100,
    min: 0,
    max: 1_000_000,
    description: 'WHIP and WHEP sessions that the AppID may have at once (1190605); 0 means no limit.',
  },
  maxRecordings: {
    type: 'integer',
    default: 100,
    min: 0,
    max: 100_000,
    description: 'Recordings that the AppID may have at once (1190708); 0 means no limit.',
  },
  maxBans: {
    type: 'integer',
    default: 10_000,
    min: 0,
    max: 1_000_000,
    description: 'Bans of the AppID that may be in force at once (1190404); 0 means no limit.',
  },
  zegoServerApi: {
    type: 'boolean',
    default: false,
    description:
      'Application servers may use the REST API in the form of ZEGO. Its signature does not cover the arguments.',
  },
  loginsPerSecond: {
    type: 'integer',
    default: 1000,
    min: 0,
    max: 1_000_000,
    description: 'Logins into rooms that the AppID may make per second (1002071); 0 means no limit.',
  },
} as const satisfies { [Name in EntitlementName]: SpecOf<Entitlements[Name]> };

/** All names, in display order. */
export const entitlementNames = Object.keys(entitlementList) as EntitlementName[];

/** The names of those that can be set for single users, in display order. */
export const userEntitlementNames = entitlementNames.filter(
  (name) => (entitlementList[name] as EntitlementSpec).perUser === true,
);

/** Type guard for the names of entitlements. */
export function isEntitlementName(name: string): name is EntitlementName {
  return Object.hasOwn(entitlementList, name);
}

/** Whether the name is that of an entitlement that can be set for single users. */
export function isUserEntitlementName(name: string): name is EntitlementName {
  return isEntitlementName(name) && userEntitlementNames.includes(name);
}
