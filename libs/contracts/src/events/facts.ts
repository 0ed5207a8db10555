import { z } from 'zod';
import { defineEvent } from '../define.js';
import {
  appIdSchema,
  gatewayIdSchema,
  instanceIdSchema,
  mediaKindSchema,
  nodeIdSchema,
  roomIdSchema,
  sessionIdSchema,
  sessionRefSchema,
  streamIdSchema,
  userSchema,
} from '../ids.js';
import { closeReasonSchema } from '../rpc/media-pipe.rpc.js';
import { consumerSchema, transportDirectionSchema } from '../rpc/media.rpc.js';
import { roomAttributeSchema, roomStreamSchema } from '../rpc/room.rpc.js';

const originSchema = z.strictObject({ sessionId: sessionIdSchema });

/** ZEGO's `stream_delete_reason`: 1 stopped, 2 heartbeat timeout, 3 repeated login, 4 kicked, 5 disconnected, 6 by server. */
export const streamRemovedReasonSchema = z.number().int().min(1).max(6);

/** What happened in a room. `seq` counts up by one within a `roomEpoch`. */
export const roomFactSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('memberJoined'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    user: userSchema,
    /** After it. */
    memberCount: z.number().int(),
  }),
  z.strictObject({
    type: z.literal('memberLeft'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    user: userSchema,
    /** After it. */
    memberCount: z.number().int(),
  }),
  z.strictObject({
    type: z.literal('streamAdded'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    stream: roomStreamSchema,
  }),
  z.strictObject({
    type: z.literal('streamRemoved'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    stream: roomStreamSchema,
    reason: streamRemovedReasonSchema,
  }),
  z.strictObject({
    type: z.literal('attributesChanged'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    /** Left out where the app's server did it. */
    origin: originSchema.optional(),
    attributes: z.array(roomAttributeSchema),
  }),
  /** An operator keeps these kinds of a stream from the room; none = it gets all again. */
  z.strictObject({
    type: z.literal('streamMuted'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    streamId: streamIdSchema,
    kinds: z.array(mediaKindSchema),
  }),
]);
export type RoomFact = z.infer<typeof roomFactSchema>;

/** All facts of one room, in order. Gateways with members in the room subscribe. */
export const roomFact = defineEvent('room.fact', {
  tokens: ['appId', 'roomId'],
  payload: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, fact: roomFactSchema }),
});

/** A session has lost rooms, or all of itself, for a reason that is not its own. To the gateway that holds it. */
export const sessionExpelled = defineEvent('gateway.sessionExpelled', {
  tokens: ['gatewayId'],
  payload: z.strictObject({
    gatewayId: gatewayIdSchema,
    session: sessionRefSchema,
    /** Left out: all rooms. */
    roomId: roomIdSchema.optional(),
    /** 1002050, 1002055, 1002056 or 1002057. */
    code: z.number().int(),
    reason: z.string().max(256).optional(),
  }),
});

/** A session has its client at another socket now: the gateway that had it lets go. */
export const sessionMoved = defineEvent('gateway.sessionMoved', {
  tokens: ['gatewayId'],
  payload: z.strictObject({
    gatewayId: gatewayIdSchema,
    session: sessionRefSchema,
    attach: z.number().int(),
  }),
});

/** A session is over everywhere: media nodes close its transports. */
export const sessionEnded = defineEvent('event.room.sessionEnded', {
  payload: z.strictObject({ session: sessionRefSchema, nodeId: nodeIdSchema.optional() }),
});

/** The entitlements of an AppID have a new version: caches drop theirs. */
export const entitlementsChanged = defineEvent('event.auth.entitlementsChanged', {
  payload: z.strictObject({ appId: appIdSchema, version: z.number().int() }),
});

/** A messaging instance says that it is there, every second. Silent for 4 s, or ending: it gets nothing more. */
export const messagingReported = defineEvent('event.messaging.reported', {
  payload: z.strictObject({
    instanceId: instanceIdSchema,
    state: z.enum(['active', 'ending']),
    /** AppIDs with a moderation hook: gateways ask nothing for the others. */
    moderatedAppIds: z.array(appIdSchema).default([]),
  }),
});

/** A media node says how it is, every second. Silent for 5 s = gone. */
export const nodeReported = defineEvent('event.media.nodeReported', {
  payload: z.strictObject({
    nodeId: nodeIdSchema,
    state: z.enum(['active', 'draining']),
    region: z.string(),
    /** Share of its workers' CPU time in use, 0..1. */
    cpuLoad: z.number().min(0),
    sessions: z.number().int().min(0),
    workers: z.number().int().min(0),
    atMs: z.number().int(),
    /** Another one after each start: what an earlier process of this name held is gone. */
    incarnation: z.string().max(64),
  }),
});
export type NodeReport = z.infer<typeof nodeReported.payload>;

/** A downlink closed on the media node by itself (its source ended, its worker died). */
export const downlinkClosed = defineEvent('event.media.downlinkClosed', {
  tokens: ['sessionId'],
  payload: z.strictObject({
    session: sessionRefSchema,
    /** The node that says so; one that the session has left says nothing of what it plays now. */
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    reason: closeReasonSchema,
  }),
});

/**
 * A stream that is being played has one more kind: the gateway of the session tells its client, who makes a
 * receiver and asks for the packets.
 */
export const downlinkExtended = defineEvent('event.media.downlinkExtended', {
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    consumer: consumerSchema,
  }),
});

/** A media node ended a stream that its session publishes: data came faster than its AppID may send them. */
export const upstreamStopped = defineEvent('event.media.upstreamStopped', {
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    reason: z.enum(['tooFast']),
  }),
});

/** A transport has lost its client: DTLS was closed or never came up, or nobody answers ICE any more. */
export const transportLost = defineEvent('event.media.transportLost', {
  tokens: ['sessionId'],
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    direction: transportDirectionSchema,
  }),
});

/** Sessions ended on a media node without anybody having asked, with their worker: their gateways move them. */
export const sessionsLost = defineEvent('event.media.sessionsLost', {
  payload: z.strictObject({ nodeId: nodeIdSchema, sessions: z.array(sessionRefSchema) }),
});

/** A stream is published from another place than before: who plays it, plays it from there. */
export const streamMoved = defineEvent('event.gateway.streamMoved', {
  payload: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema, nodeId: nodeIdSchema }),
});

/** A media node does not answer the one that watches it. Gateways ask for themselves: see `nodeLost`. */
export const nodeSuspected = defineEvent('event.media.nodeSuspected', {
  payload: z.strictObject({ nodeId: nodeIdSchema }),
});

/** A media node is gone, as a gateway has noticed, and with it everything that it held. */
export const nodeLost = defineEvent('event.gateway.nodeLost', {
  payload: z.strictObject({ nodeId: nodeIdSchema, incarnation: z.string() }),
});

/** A gateway has placed a session whose first room is this one: others who come to the room go there too. */
export const roomPlaced = defineEvent('event.gateway.roomPlaced', {
  payload: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, nodeId: nodeIdSchema }),
});
