import { Controller } from '@nestjs/common';
import {
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  sessionAdminRpc,
  type SessionRef,
} from '@polyroom/contracts';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { type ClientSession } from '../session/client-session.js';
import { Publications } from '../session/publications.js';
import { getPublisher } from '../session/publish-rights.js';
import { SessionRegistry } from '../session/session-registry.js';
import { StreamShares } from '../session/stream-shares.js';
import { RoomTransfers } from './room-transfers.js';

type SetStreamShare = ParsedRequestOf<typeof sessionAdminRpc.setStreamShare>;

const { code: endedByServer } = new AppError('PUBLISHER_SERVER_FORBID');

/** Changes sessions of this process at the request of operators and application servers. */
@Controller()
export class OperatorsHandler {
  constructor(
    private readonly registry: SessionRegistry,
    private readonly transfers: RoomTransfers,
    private readonly shares: StreamShares,
    private readonly publications: Publications,
  ) {}

  @NodeRpcHandler(sessionAdminRpc.transferSession)
  transfer({
    session,
    ...transfer
  }: ParsedRequestOf<typeof sessionAdminRpc.transferSession>): Promise<
    ReplyOf<typeof sessionAdminRpc.transferSession>
  > {
    return this.transfers.run(this.getSession(session), transfer);
  }

  @NodeRpcHandler(sessionAdminRpc.setStreamShare)
  async setShare({
    session: ref,
    ...share
  }: SetStreamShare): Promise<ReplyOf<typeof sessionAdminRpc.setStreamShare>> {
    const session = this.getSession(ref);
    return { roomIds: await (share.shared ? this.share(session, share) : this.unshare(session, share)) };
  }

  @NodeRpcHandler(sessionAdminRpc.endStream)
  async end({ session: ref, streamId }: ParsedRequestOf<typeof sessionAdminRpc.endStream>): Promise<object> {
    const session = this.find(ref);
    if (session?.findUpstream(streamId) !== undefined) {
      await this.publications.stop(session, streamId);
      session.connection.sendEvent('stream.stopped', { streamId, code: endedByServer });
    }
    return {};
  }

  private async share(
    session: ClientSession,
    { roomId, streamId }: Omit<SetStreamShare, 'session'>,
  ): Promise<string[]> {
    const shown = await session.runForUpstream(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      const membership = getPublisher(session, roomId, upstream);
      if (upstream.kinds.size === 0) {
        throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { streamId, problem: 'no track' } });
      }
      if (upstream.roomIds.has(roomId)) {
        return { roomIds: [...upstream.roomIds], mutedKinds: undefined };
      }
      await this.shares.assertMayShare(session, membership, upstream);
      return this.shares.show(session, membership, upstream, {});
    });
    if (shown.mutedKinds !== undefined) {
      session.connection.sendEvent('stream.shared', { streamId, roomId, mutedKinds: shown.mutedKinds });
    }
    return shown.roomIds;
  }

  private async unshare(
    session: ClientSession,
    { roomId, streamId }: Omit<SetStreamShare, 'session'>,
  ): Promise<string[]> {
    if (!session.getUpstream(streamId).roomIds.has(roomId)) {
      return [...session.getUpstream(streamId).roomIds];
    }
    const roomIds = await this.shares.hide(session, streamId, roomId);
    if (roomIds.length === 0) {
      session.connection.sendEvent('stream.stopped', { streamId, code: endedByServer });
    } else {
      session.connection.sendEvent('stream.unshared', { streamId, roomId, code: endedByServer });
    }
    return roomIds;
  }

  private getSession(ref: SessionRef): ClientSession {
    const session = this.find(ref);
    if (session?.isSettled !== true || session.slot.transition !== undefined) {
      throw new AppError('SESSION_NOT_CONNECTED', { details: { sessionId: ref.sessionId } });
    }
    return session;
  }

  /** The caller is authorized for the AppID that the request names: a session of another AppID is absent. */
  private find({ appId, sessionId, userId }: SessionRef): ClientSession | undefined {
    const session = this.registry.find(sessionId);
    return session?.ref.appId === appId && session.ref.userId === userId ? session : undefined;
  }
}
