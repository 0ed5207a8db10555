import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { configToken } from '../tokens.js';
import { reminderSlackMs } from './gateway-check.js';
import { TokenExpiry } from './token-expiry.js';

/** Handles reports of gateways: heartbeats, lost sockets, renewed and expired tokens. */
@Controller()
export class SessionsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly expiry: TokenExpiry,
    @Inject(configToken) private readonly config: RoomConfig,
  ) {}

  @RpcHandler(roomRpc.suspendSession)
  async suspend({
    session,
    gatewayId,
    attach,
  }: ParsedRequestOf<typeof roomRpc.suspendSession>): Promise<ReplyOf<typeof roomRpc.suspendSession>> {
    const graceMs = this.config.POLYROOM_SESSION_GRACE_MS;
    // Reminder first: after a crash between the two steps the session is still checked.
    await this.store.leases.remindOfSession(session, graceMs + reminderSlackMs);
    const result = await this.store.user.suspend(session, gatewayId, attach, graceMs);
    const nextLookMs = await this.expiry.findNextLook(session);
    if (nextLookMs !== undefined && nextLookMs < graceMs) {
      await this.store.leases.remindOfSession(session, nextLookMs + reminderSlackMs);
    }
    // `attach` 0 is stale only if another gateway holds the session.
    const heldElsewhere = result === 'stale' && attach === 0;
    if (result === 'suspended' || result === 'none' || heldElsewhere) {
      await this.store.leases.unbindSession(session, gatewayId);
    }
    return { graceMs };
  }

  @RpcHandler(roomRpc.heartbeat)
  async heartbeat({
    gatewayId,
  }: ParsedRequestOf<typeof roomRpc.heartbeat>): Promise<ReplyOf<typeof roomRpc.heartbeat>> {
    const leaseMs = this.config.POLYROOM_GATEWAY_LEASE_MS;
    return { leaseMs, known: await this.store.leases.renewGateway(gatewayId, leaseMs) };
  }

  @RpcHandler(roomRpc.renewMemberships)
  async renew({
    session,
    rooms,
  }: ParsedRequestOf<typeof roomRpc.renewMemberships>): Promise<ReplyOf<typeof roomRpc.renewMemberships>> {
    const renewed = rooms.map(({ roomId, epoch, note }) => ({
      roomId,
      epoch,
      note: JSON.stringify(note),
      rightsEndMs: note.grants.expiresAtMs,
    }));
    await this.store.user.renew(session, renewed);
    return {};
  }

  @RpcHandler(roomRpc.expireMemberships)
  async expire({
    session,
    rooms,
    why,
  }: ParsedRequestOf<typeof roomRpc.expireMemberships>): Promise<ReplyOf<typeof roomRpc.expireMemberships>> {
    await this.expiry.expire(session, rooms, why);
    return {};
  }

  @RpcHandler(roomRpc.setSessionNode)
  async setNode({
    session,
    attach,
    nodeId,
  }: ParsedRequestOf<typeof roomRpc.setSessionNode>): Promise<ReplyOf<typeof roomRpc.setSessionNode>> {
    await this.store.user.setNode(session, attach, nodeId);
    return {};
  }
}
