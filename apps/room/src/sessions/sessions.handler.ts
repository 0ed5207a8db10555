import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/bus';
import { type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { streamRemovedReasons } from '../room-facts.js';
import { configToken } from '../tokens.js';
import { SessionEnder } from './session-ender.js';

/** How sessions end, and how their gateways say that they are there. */
@Controller()
export class SessionsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    @Inject(configToken) private readonly config: RoomConfig,
  ) {}

  @RpcHandler(roomRpc.endSession)
  async end({
    session,
  }: ParsedRequestOf<typeof roomRpc.endSession>): Promise<ReplyOf<typeof roomRpc.endSession>> {
    return { leftRoomIds: await this.ender.end(session, streamRemovedReasons.stopped) };
  }

  @RpcHandler(roomRpc.suspendSession)
  async suspend({
    session,
    gatewayId,
  }: ParsedRequestOf<typeof roomRpc.suspendSession>): Promise<ReplyOf<typeof roomRpc.suspendSession>> {
    const graceMs = this.config.POLYROOM_SESSION_GRACE_MS;
    // The grace first: a crash between the two must not leave a session that nobody will end.
    await this.store.leases.suspend(session, graceMs);
    await this.store.user.markSuspended(session);
    await this.store.leases.unbindSession(session, gatewayId);
    return { graceMs };
  }

  @RpcHandler(roomRpc.heartbeat)
  async heartbeat({
    gatewayId,
  }: ParsedRequestOf<typeof roomRpc.heartbeat>): Promise<ReplyOf<typeof roomRpc.heartbeat>> {
    const leaseMs = this.config.POLYROOM_GATEWAY_LEASE_MS;
    await this.store.leases.renewGateway(gatewayId, leaseMs);
    return { leaseMs };
  }
}
