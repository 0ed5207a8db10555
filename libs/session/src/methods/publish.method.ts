import { Inject } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  firstDataChannel,
  roomRpc,
} from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { Publications } from '../session/publications.js';
import { getPublisher } from '../session/publish-rights.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'stream.publish'>;

/** `stream.publish`: claims a stream ID for one of the session's publish channels, or for data. */
@HandlesClientMethod('stream.publish', { emptyRoomIdError: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL' })
export class PublishMethod implements MethodHandler<'stream.publish'> {
  constructor(
    private readonly bus: Bus,
    private readonly publications: Publications,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  async handle(request: MethodRequest, params: Params): Promise<ClientResult<'stream.publish'>> {
    const session = getSession(request);
    const { streamId, channel } = params;
    const roomId = choosePublishRoom(session, params.roomId);
    await request.slot.whenEntered(roomId);
    getPublisher(session, roomId, { streamId, isData: channel === undefined });
    await session.runForUpstream(streamId, async () => {
      const present = session.findUpstream(streamId);
      if (present !== undefined && present.isData !== (channel === undefined)) {
        throw new AppError(
          channel === undefined ? 'IM_NO_AVAILABLE_STREAM_ID' : 'PUBLISHER_REPETITIVE_PUBLISH_STREAM',
          { details: { streamId } },
        );
      }
      await (channel === undefined
        ? session.runForDataChannels(() => this.claimForData(session, streamId))
        : this.claim(session, streamId, channel));
    });
    return {};
  }

  private async claimForData(session: ClientSession, streamId: string): Promise<void> {
    const { maxDataStreams } = await this.entitlements.get(session.ref.appId);
    const others = session.upstreams.filter((upstream) => upstream.isData && upstream.streamId !== streamId);
    if (others.length >= maxDataStreams) {
      throw new AppError('IM_NO_AVAILABLE_BROADCAST_CHANNEL', { details: { maxDataStreams } });
    }
    const taken = new Set(others.map(({ channel }) => channel));
    let channel = session.findUpstream(streamId)?.channel ?? firstDataChannel;
    while (taken.has(channel)) {
      channel += 1;
    }
    await this.claim(session, streamId, channel);
  }

  private async claim(session: ClientSession, streamId: string, channel: number): Promise<void> {
    try {
      await this.bus.request(roomRpc.claimStream, {
        session: session.ref,
        nodeId: session.nodeId,
        streamId,
        channel,
      });
    } catch (error) {
      if (AppError.is(error, 'BUS_TIMEOUT')) {
        // The claim may exist nevertheless, and would stay unused.
        void this.publications.stopQuietly(session, streamId);
      }
      throw error;
    }
    if (session.state !== 'open') {
      void this.publications.stopQuietly(session, streamId);
      throw new AppError('COMMON_NOT_LOGIN_ROOM');
    }
    session.publish(streamId, channel);
  }
}

/** In single-room mode there is only one room that can be meant. */
function choosePublishRoom(session: ClientSession, roomId: string | undefined): string {
  if (roomId !== undefined) {
    return roomId;
  }
  if (session.options.mode === 'multi') {
    throw new AppError('PUBLISHER_PUBLISH_WHEN_USING_MULTI_ROOM');
  }
  const [only] = session.memberships;
  if (only === undefined) {
    throw new AppError('COMMON_NOT_LOGIN_ROOM');
  }
  return only.roomId;
}
