import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/bus';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { configToken } from '../tokens.js';
import { reminderSlackMs } from './reaper.js';

/** How gateways say that they, and the sockets of their sessions, are there or gone. */
@Controller()
export class SessionsHandler {
  constructor(
    private readonly store: RoomStore,
    @Inject(configToken) private readonly config: RoomConfig,
  ) {}

  @RpcHandler(roomRpc.suspendSession)
  async suspend({
    session,
    gatewayId,
    attach,
  }: ParsedRequestOf<typeof roomRpc.suspendSession>): Promise<ReplyOf<typeof roomRpc.suspendSession>> {
    const graceMs = this.config.POLYROOM_SESSION_GRACE_MS;
    // The reminder first: a crash between the two must not leave a session that nobody looks at.
    await this.store.leases.remindOfSession(session, graceMs + reminderSlackMs);
    const result = await this.store.user.suspend(session, gatewayId, attach, graceMs);
    if (result === 'suspended' || result === 'none') {
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

  @RpcHandler(roomRpc.setSessionNode)
  async setNode({
    session,
    nodeId,
  }: ParsedRequestOf<typeof roomRpc.setSessionNode>): Promise<ReplyOf<typeof roomRpc.setSessionNode>> {
    await this.store.user.setNode(session, nodeId);
    return {};
  }
}
