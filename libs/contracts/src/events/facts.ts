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
  userIdSchema,
  userSchema,
} from '../ids.js';
import { closeReasonSchema } from '../rpc/media-pipe.rpc.js';
import { consumerSchema, transportDirectionSchema } from '../rpc/media.rpc.js';
import { revocationSchema } from '../revocation.js';
import { roomAttributeSchema, roomStreamSchema } from '../rpc/room.rpc.js';

const originSchema = z.strictObject({ sessionId: sessionIdSchema });

/** ZEGO's `stream_delete_reason`: 1 stopped, 2 heartbeat timeout, 3 repeated login, 4 kicked, 5 disconnected, 6 by server. */
export const streamRemovedReasonSchema = z.number().int().min(1).max(6);

/** A fact of a room. `seq` increases by one within a `roomEpoch`. */
export const roomFactSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('memberJoined'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    user: userSchema,
    /** Count after the change. */
    memberCount: z.number().int(),
  }),
  z.strictObject({
    type: z.literal('memberLeft'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    user: userSchema,
    /** Count after the change. */
    memberCount: z.number().int(),
  }),
  z.strictObject({
    type: z.literal('streamAdded'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    /** Omitted for a stream of an application server. */
    origin: originSchema.optional(),
    stream: roomStreamSchema,
  }),
  z.strictObject({
    type: z.literal('streamRemoved'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    /** Omitted for a stream of an application server. */
    origin: originSchema.optional(),
    stream: roomStreamSchema,
    reason: streamRemovedReasonSchema,
  }),
  /** The text of a stream, or the kinds that its publisher mutes in the room, changed. */
  z.strictObject({
    type: z.literal('streamChanged'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    origin: originSchema,
    stream: roomStreamSchema,
  }),
  z.strictObject({
    type: z.literal('attributesChanged'),
    roomEpoch: z.string(),
    seq: z.number().int(),
    /** Omitted if the application server made the change. */
    origin: originSchema.optional(),
    attributes: z.array(roomAttributeSchema),
  }),
  /** Kinds of a stream muted in the room by an operator; empty = none. */
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

/** A session was removed from one or all rooms by another party. Sent to its gateway. */
export const sessionExpelled = defineEvent('gateway.sessionExpelled', {
  tokens: ['gatewayId'],
  payload: z.strictObject({
    gatewayId: gatewayIdSchema,
    session: sessionRefSchema,
    /** Omitted: all rooms. */
    roomId: roomIdSchema.optional(),
    /** 1002050, 1002055, 1002056, 1002057 or 1190403. */
    code: z.number().int(),
    reason: z.string().max(256).optional(),
  }),
});

/** A client resumed its session on another socket: the previous gateway releases it. */
export const sessionMoved = defineEvent('gateway.sessionMoved', {
  tokens: ['gatewayId'],
  payload: z.strictObject({
    gatewayId: gatewayIdSchema,
    session: sessionRefSchema,
    attach: z.number().int(),
  }),
});

/** A session has ended: media nodes close its transports. */
export const sessionEnded = defineEvent('event.room.sessionEnded', {
  payload: z.strictObject({ session: sessionRefSchema, nodeId: nodeIdSchema.optional() }),
});

/** Tokens of an AppID are revoked: gateways and, for suspended sessions, the room service end what they allowed. */
export const tokensRevoked = defineEvent('event.auth.tokensRevoked', {
  payload: z.strictObject({ appId: appIdSchema, version: z.number().int(), revocation: revocationSchema }),
});

/** An operator's mutes of a user in a room have changed: its gateway reads and applies them. */
export const memberMuteChanged = defineEvent('event.room.memberMuteChanged', {
  payload: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, userId: userIdSchema }),
});

/** An operator took a stream of a session out of rooms: its gateway stops the media that no room shows any more. */
export const streamWithdrawn = defineEvent('event.room.streamWithdrawn', {
  payload: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    /** The rooms that showed it. Others may show it since: gateways count on their own. */
    roomIds: z.array(roomIdSchema),
  }),
});

/** A user may no longer play streams, in one room or, without `roomId`, in all: its gateway ends what it plays. */
export const playingForbidden = defineEvent('event.room.playingForbidden', {
  payload: z.strictObject({ appId: appIdSchema, userId: userIdSchema, roomId: roomIdSchema.optional() }),
});

/**
 * Bans of addresses have changed: caches drop theirs. With `address`, a ban begins: gateways end the sessions from
 * this address or network.
 */
export const addressBansChanged = defineEvent('event.room.addressBansChanged', {
  payload: z.strictObject({ appId: appIdSchema, address: z.string().max(64).optional() }),
});

/** The entitlements of an AppID have a new version: caches drop their entry. */
export const entitlementsChanged = defineEvent('event.auth.entitlementsChanged', {
  payload: z.strictObject({ appId: appIdSchema, version: z.number().int() }),
});

/** An API key was revoked, or its expiry was changed: gateways forget its statements. */
export const apiKeyChanged = defineEvent('event.auth.apiKeyChanged', {
  payload: z.strictObject({ appId: appIdSchema, keyId: z.string().max(64) }),
});

/** A session of an operator has ended, or its account or roles have changed: gateways forget its statements. */
export const operatorChanged = defineEvent('event.auth.operatorChanged', {
  payload: z.strictObject({ operatorId: z.string().max(64) }),
});

/** An AppID was disabled: gateways end its sessions, media nodes close their transports. */
export const appDisabled = defineEvent('event.auth.appDisabled', {
  payload: z.strictObject({ appId: appIdSchema }),
});

/**
 * Heartbeat of a messaging instance, every second. After 4 s without one, or when it ends, it receives no
 * more requests.
 */
export const messagingReported = defineEvent('event.messaging.reported', {
  payload: z.strictObject({
    instanceId: instanceIdSchema,
    state: z.enum(['active', 'ending']),
    /** AppIDs with a moderation hook: gateways request moderation for these only. */
    moderatedAppIds: z.array(appIdSchema).default([]),
  }),
});

/**
 * Heartbeat of a recorder instance, every second. After 4 s without one, or when it drains, other instances take
 * over its recording orders.
 */
export const recorderReported = defineEvent('event.recorder.reported', {
  payload: z.strictObject({ instanceId: instanceIdSchema, state: z.enum(['active', 'leaving']) }),
});

/** Heartbeat of a webhooks instance, every second; as that of a recorder. Other instances take over its endpoints. */
export const webhooksReported = defineEvent('event.webhooks.reported', {
  payload: z.strictObject({ instanceId: instanceIdSchema, state: z.enum(['active', 'leaving']) }),
});

/** Heartbeat of a media node, every second, with its load. After 5 s without one it counts as lost. */
export const nodeReported = defineEvent('event.media.nodeReported', {
  payload: z.strictObject({
    nodeId: nodeIdSchema,
    state: z.enum(['active', 'draining']),
    region: z.string(),
    /** Mean share of its workers' CPU time in use, 0..1. */
    cpuLoad: z.number().min(0),
    sessions: z.number().int().min(0),
    workers: z.number().int().min(0),
    atMs: z.number().int(),
    /** Changes with every start: state held by an earlier process of this name is lost. */
    incarnation: z.string().max(64),
  }),
});
export type NodeReport = z.infer<typeof nodeReported.payload>;

/** A downlink closed on the media node by itself (its source ended, its worker died). */
export const downlinkClosed = defineEvent('event.media.downlinkClosed', {
  tokens: ['sessionId'],
  payload: z.strictObject({
    session: sessionRefSchema,
    /** The reporting node. Reports from a node that the session has left are ignored. */
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    reason: closeReasonSchema,
  }),
});

/**
 * A played stream has an additional kind. The session's gateway notifies its client, which creates a receiver
 * and requests the packets.
 */
export const downlinkExtended = defineEvent('event.media.downlinkExtended', {
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    consumer: consumerSchema,
  }),
});

/** A media node closed a published stream: its data exceeded the rate of its AppID. */
export const upstreamStopped = defineEvent('event.media.upstreamStopped', {
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    reason: z.enum(['tooFast']),
  }),
});

/** A transport lost its client: DTLS closed or never completed, or ICE checks get no reply. */
export const transportLost = defineEvent('event.media.transportLost', {
  tokens: ['sessionId'],
  payload: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    direction: transportDirectionSchema,
  }),
});

/** Sessions ended unexpectedly on a media node when their worker died; their gateways move them. */
export const sessionsLost = defineEvent('event.media.sessionsLost', {
  payload: z.strictObject({ nodeId: nodeIdSchema, sessions: z.array(sessionRefSchema) }),
});

/** A stream is now published from another node: its players switch to that node. */
export const streamMoved = defineEvent('event.gateway.streamMoved', {
  payload: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema, nodeId: nodeIdSchema }),
});

/** A media node did not answer its neighbour's ping. Gateways verify this themselves: see `nodeLost`. */
export const nodeSuspected = defineEvent('event.media.nodeSuspected', {
  payload: z.strictObject({ nodeId: nodeIdSchema }),
});

/** A gateway detected that a media node was lost, with everything it held. */
export const nodeLost = defineEvent('event.gateway.nodeLost', {
  payload: z.strictObject({ nodeId: nodeIdSchema, incarnation: z.string() }),
});

/** A gateway placed the first session of a room: later members of the room prefer the same node. */
export const roomPlaced = defineEvent('event.gateway.roomPlaced', {
  payload: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, nodeId: nodeIdSchema }),
});
