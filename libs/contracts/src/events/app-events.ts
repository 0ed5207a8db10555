import { z } from 'zod';
import { defineEvent } from '../define.js';
import { appIdSchema, roomIdSchema, userIdSchema } from '../ids.js';

/** Everything that the event log of an AppID records, with what `data` holds. */
export const appEventTypes = {
  'room.opened': 'The first member entered a room, or the room was created in advance.',
  'room.closed': 'The room has ended: its last member left, it was closed, or its time has passed.',
  'user.joined': 'A user entered a room.',
  'user.left': 'A user left a room, with the reason.',
  'user.reconnecting': 'The connection of a session was lost. Its rooms are kept for the grace.',
  'user.reconnected': 'A session continues after its connection was lost.',
  'session.started': 'A session entered its first room.',
  'session.ended': 'A session has ended in all rooms.',
  'stream.added': 'A room shows a stream.',
  'stream.removed': 'A room shows a stream no longer, with the reason.',
  'stream.muted': 'The kinds of a stream that operators mute have changed; none are listed if none is muted.',
  'message.sent':
    'A message was stored. Only with the entitlement messageEvents, and to endpoints that name this type.',
  'message.deleted': 'A stored message was deleted. Only with the entitlement messageEvents.',
  'recording.fileReady': 'A recording file is complete.',
  'limit.reached': 'An entitlement or a limit refused a request. Once a minute for each code and room.',
  'webhook.disabled': 'An endpoint was disabled because it had failed for days.',
  'webhook.test': 'Sent by the test of an endpoint. Not in the log.',
} as const satisfies Record<string, string>;
export type AppEventType = keyof typeof appEventTypes;
export const appEventTypeNames = Object.keys(appEventTypes) as AppEventType[];

/** Position in the event log of an AppID: the entry, and the event in it. */
export const eventCursorSchema = z.string().regex(/^\d{1,16}-\d{1,5}$/, 'COMMON_ILLEGAL_PARAM');

/** An event as it is delivered and read. */
export const appEventSchema = z.strictObject({
  /** The same in every delivery. */
  id: z.string(),
  cursor: eventCursorSchema,
  type: z.enum(appEventTypeNames),
  appId: appIdSchema,
  atMs: z.number().int(),
  /** The room that the event is numbered in; omitted: the user, or the AppID. */
  roomId: roomIdSchema.optional(),
  userId: z.string().optional(),
  /** `seq` counts up by one for each event of the room, or of the user, within an `epoch`. */
  epoch: z.string(),
  seq: z.number().int().min(1),
  data: z.record(z.string(), z.unknown()),
});
export type AppEvent = z.infer<typeof appEventSchema>;

/** What an event is numbered in. */
export type EventOwner = { appId: number; roomId?: string; userId?: string };

/** Events were appended to the log of an AppID: readers look now. */
export const eventsLogged = defineEvent('event.log.appended', {
  payload: z.strictObject({ appId: appIdSchema }),
});

/** An event of a service that keeps no outbox: a room instance logs it. */
export const newAppEventSchema = z.strictObject({
  /** Unique: a repeated one is logged once, if it is the last of its owner. */
  id: z.string().max(128),
  appId: appIdSchema,
  roomId: roomIdSchema.optional(),
  userId: userIdSchema.optional(),
  type: z.enum(appEventTypeNames),
  atMs: z.number().int(),
  data: z.record(z.string(), z.unknown()),
});
