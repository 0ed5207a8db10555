import { z } from 'zod';

/**
 * What an AppID may do, as it travels. The closed list with defaults and bounds lives in
 * `@polyroom/entitlements`; rows in the database override defaults.
 */
export const devicePolicySchema = z.enum(['kickOld', 'refuseNew', 'share']);
export type DevicePolicy = z.infer<typeof devicePolicySchema>;

export const entitlementsSchema = z.strictObject({
  /** Multi-room mode; off by default (1002036). */
  multiRoom: z.boolean(),
  /** Rooms one user may be in at once in multi-room mode (1002037). */
  maxRoomsPerUser: z.number().int().min(1),
  /** Members of one room; 0 = no limit (1002034). */
  maxMembersPerRoom: z.number().int().min(0),
  /** Streams one session may play at once (1004010). */
  maxPlays: z.number().int().min(1),
  /** Data streams one session may publish at once (1009033); 0 = its transports carry no data at all. */
  maxDataStreams: z.number().int().min(0).max(16),
  /** Data streams one session may subscribe to at once (1004010). */
  maxDataPlays: z.number().int().min(1),
  /** Bytes of one message of a data stream (1009003), for sessions that begin from now on. */
  maxDataMessageBytes: z.number().int().min(1).max(65_536),
  /** Messages of one data stream; who sends more is stopped (1009015). */
  dataMessagesPerSecond: z.number().int().min(1),
  /** Whether one upstream may be shared into several rooms. */
  shareStream: z.boolean(),
  /** UTF-8 bytes of one broadcast or barrage message (1009002) or custom command (1009013). */
  maxMessageBytes: z.number().int().min(1),
  /** Bytes of one transparent message (1009013). */
  maxTransparentBytes: z.number().int().min(1),
  /** Rates; 0 means no limit. Broadcast messages of one user in one room (1009015). */
  broadcastsPerUserPerSecond: z.number().min(0),
  /** Broadcast messages in one room (1002072), as all rates that follow. */
  broadcastsPerRoomPerSecond: z.number().min(0),
  barragesPerRoomPerSecond: z.number().min(0),
  /** Custom commands in one room to one user. */
  commandsToOnePerRoomPerSecond: z.number().min(0),
  /** Custom commands in one room to several users or to everybody. */
  commandsToManyPerRoomPerSecond: z.number().min(0),
  transparentsPerRoomPerSecond: z.number().min(0),
  /** Attribute changes, extra info, names and transparent messages of one user in one room (1009015). */
  updatesPerUserPerSecond: z.number().min(0),
  attributeChangesPerRoomPerSecond: z.number().min(0),
  /** Messages and attribute changes that application servers send, in the whole AppID (1002073). */
  serverMessagesPerSecond: z.number().min(0),
  /** How long and how many messages of a room are replayed to those who come back. */
  historySeconds: z.number().int().min(0),
  historyMessages: z.number().int().min(0),
  /** Bytes of all stored messages of the AppID (1190502); 0 = no quota. */
  maxStoredMessageBytes: z.number().int().min(0),
  /** What a second session of the same user does to the first: 1002050, 1002086, or both live on one room budget. */
  devicePolicy: devicePolicySchema,
  /** Keys of one room's attributes (1002017). */
  maxRoomAttributes: z.number().int().min(0),
  /** Rooms of the AppID at once; 0 = no limit (1002035). */
  maxRooms: z.number().int().min(0),
  /** Users of the AppID at once; 0 = no limit. */
  maxUsers: z.number().int().min(0),
  /** Logins of the AppID per second; 0 = no limit (1002071). */
  loginsPerSecond: z.number().int().min(0),
});
export type Entitlements = z.infer<typeof entitlementsSchema>;
export type EntitlementName = keyof Entitlements;
