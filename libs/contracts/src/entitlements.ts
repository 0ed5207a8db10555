import { z } from 'zod';

/**
 * Wire form of an AppID's entitlements. The list with defaults and bounds is in `@polyroom/entitlements`;
 * rows in the database override defaults.
 */
export const devicePolicySchema = z.enum(['kickOld', 'refuseNew', 'share']);
export type DevicePolicy = z.infer<typeof devicePolicySchema>;

export const entitlementsSchema = z.strictObject({
  /** Multi-room mode; off by default (1002036). */
  multiRoom: z.boolean(),
  /** Rooms per user at once in multi-room mode (1002037). */
  maxRoomsPerUser: z.number().int().min(1),
  /** Members per room; 0 = no limit (1002034). */
  maxMembersPerRoom: z.number().int().min(0),
  /** Streams played per session at once (1004010). */
  maxPlays: z.number().int().min(1),
  /** Data streams published per session at once (1009033); 0 = transports carry no data. */
  maxDataStreams: z.number().int().min(0).max(16),
  /** Data streams subscribed per session at once (1004010). */
  maxDataPlays: z.number().int().min(1),
  /** Bytes per data stream message (1009003); applies to new sessions. */
  maxDataMessageBytes: z.number().int().min(1).max(65_536),
  /** Messages per second of one data stream; the stream of a faster publisher is stopped (1009015). */
  dataMessagesPerSecond: z.number().int().min(1),
  /** Whether one upstream may be shared into several rooms. */
  shareStream: z.boolean(),
  /** UTF-8 bytes of one broadcast or barrage message (1009002) or custom command (1009013). */
  maxMessageBytes: z.number().int().min(1),
  /** Bytes of one transparent message (1009013). */
  maxTransparentBytes: z.number().int().min(1),
  /** Rates; 0 = no limit. Broadcast messages per user and room (1009015). */
  broadcastsPerUserPerSecond: z.number().min(0),
  /** Broadcast messages per room (1002072); the code applies to all rates below. */
  broadcastsPerRoomPerSecond: z.number().min(0),
  barragesPerRoomPerSecond: z.number().min(0),
  /** Custom commands per room to one user. */
  commandsToOnePerRoomPerSecond: z.number().min(0),
  /** Custom commands per room to several users or to all. */
  commandsToManyPerRoomPerSecond: z.number().min(0),
  transparentsPerRoomPerSecond: z.number().min(0),
  /** Attribute changes, extra info, names and transparent messages per user and room (1009015). */
  updatesPerUserPerSecond: z.number().min(0),
  attributeChangesPerRoomPerSecond: z.number().min(0),
  /** Messages and attribute changes from application servers, for the whole AppID (1002073). */
  serverMessagesPerSecond: z.number().min(0),
  /** Age and number of messages replayed to members that reconnect. */
  historySeconds: z.number().int().min(0),
  historyMessages: z.number().int().min(0),
  /** Bytes of all stored messages of the AppID (1190502); 0 = no quota. */
  maxStoredMessageBytes: z.number().int().min(0),
  /** How long the events of the AppID are kept; 0 = none are recorded. */
  eventLogHours: z.number().int().min(0),
  /** Bytes of the event log; the oldest events make room for new ones. */
  maxEventLogBytes: z.number().int().min(1),
  /**
   * Effect of a second session of the same user on the first: 1002050, 1002086, or both share one room
   * budget.
   */
  devicePolicy: devicePolicySchema,
  /** Attributes per room (1002017). */
  maxRoomAttributes: z.number().int().min(0),
  /** Rooms of the AppID at once; 0 = no limit (1002035). */
  maxRooms: z.number().int().min(0),
  /** Users of the AppID at once; 0 = no limit. */
  maxUsers: z.number().int().min(0),
  /** Sessions of the AppID at once; 0 = no limit (1190405). */
  maxSessions: z.number().int().min(0),
  /** WHIP and WHEP sessions of the AppID at once; 0 = no limit (1190605). */
  maxInteropSessions: z.number().int().min(0),
  /** Recordings of the AppID at once; 0 = no limit (1190708). */
  maxRecordings: z.number().int().min(0),
  /** Bans of the AppID in force; 0 = no limit (1190404). */
  maxBans: z.number().int().min(0),
  /** Whether stored messages are events of the log. */
  messageEvents: z.boolean(),
  /** Whether application servers may use the API in the form of ZEGO. */
  zegoServerApi: z.boolean(),
  /** Logins of the AppID per second; 0 = no limit (1002071). */
  loginsPerSecond: z.number().int().min(0),
});
export type Entitlements = z.infer<typeof entitlementsSchema>;
export type EntitlementName = keyof Entitlements;
