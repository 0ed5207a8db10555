import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { type HeldSession, type ParsedRequestOf, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';

type Reply = ReplyOf<typeof roomRpc.reconcile>;

const batchSize = 50;

/** Compares a gateway's lists with the records. The gateway checks each difference again before it acts. */
@Controller()
export class ReconcileHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
  ) {}

  @RpcHandler(roomRpc.listGatewaySessions)
  list({
    gatewayId,
    cursor,
  }: ParsedRequestOf<typeof roomRpc.listGatewaySessions>): Promise<
    ReplyOf<typeof roomRpc.listGatewaySessions>
  > {
    return this.store.leases.scanGateway(gatewayId, cursor);
  }

  @RpcHandler(roomRpc.reconcile)
  async reconcile({ gatewayId, sessions }: ParsedRequestOf<typeof roomRpc.reconcile>): Promise<Reply> {
    const reply: Reply = { gone: [], lostRooms: [], extraRooms: [] };
    await inBatches(sessions, batchSize, (held) => this.compare(gatewayId, held, reply));
    return reply;
  }

  private async compare(gatewayId: string, held: HeldSession, reply: Reply): Promise<void> {
    const { session } = held;
    const { appId, userId, sessionId } = session;
    const user = await this.store.reader.readUser(appId, userId);
    const record = user.sessions.find((candidate) => candidate.sessionId === sessionId);
    if (record === undefined || record.state !== 'live' || record.gatewayId !== gatewayId) {
      reply.gone.push(session);
      if (record?.state === 'ending' || record?.state === 'out') {
        // Its end began and was not finished.
        await this.ender.end(session, streamRemovedReasons.disconnected);
      }
      return;
    }
    // The record may name this gateway although the gateway's list lacks the session: it would then not be
    // suspended when the gateway is lost.
    await this.store.leases.bindSession(session, gatewayId);
    const recorded = user.rooms.filter((slot) => slot.sessionId === sessionId && slot.state === 'live');
    for (const { roomId, epoch } of recorded) {
      if (!held.rooms.some((room) => room.roomId === roomId && room.epoch === epoch)) {
        reply.extraRooms.push({ session, roomId, epoch });
      }
    }
    for (const { roomId, epoch } of held.rooms) {
      const hasSlot = recorded.some((slot) => slot.roomId === roomId && slot.epoch === epoch);
      if (!hasSlot || !(await this.store.reader.isMember(session, roomId, epoch))) {
        reply.lostRooms.push({ session, roomId, epoch });
      }
    }
  }
}
