import { KeyedQueue } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, messagingRpc, roomRpc } from '@polyroom/contracts';
import { MessagingInstances } from '../messages/messaging-instances.js';
import { type ClientSession } from '../session/client-session.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'stream.setExtraInfo'>;

/** `stream.setExtraInfo`: the text of an own stream in one room that shows it, or in all. */
@HandlesClientMethod('stream.setExtraInfo', { emptyRoomIdError: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL' })
export class SetExtraInfoMethod implements MethodHandler<'stream.setExtraInfo'> {
  /** The last change of a stream wins, also where moderation takes longer over an earlier one. */
  private readonly permitted = new KeyedQueue();

  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
  ) {}

  async handle(request: MethodRequest, params: Params): Promise<ClientResult<'stream.setExtraInfo'>> {
    const session = getSession(request);
    const { extraInfo, roomId, streamId } = params;
    // After a pending share. Moderation does not delay other work on the stream.
    const roomIds = await session.runForUpstream(streamId, async () => findRooms(session, streamId, roomId));
    const permit = Promise.all(roomIds.map((room) => this.permit(session, room, extraInfo)));
    // A refusal is reported in its turn below; until then it is not an unhandled rejection.
    permit.catch(() => {});
    return this.permitted.run(`${session.sessionId} ${streamId}`, async () => {
      const rooms = await permit;
      await this.bus.request(roomRpc.updateStream, { session: session.ref, streamId, rooms });
      return {};
    });
  }

  private async permit(
    { ref: { appId }, options: { user } }: ClientSession,
    roomId: string,
    extraInfo: string,
  ): Promise<{ roomId: string; extraInfo: string }> {
    const texts = [{ content: extraInfo }];
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId, roomId },
      { appId, roomId, from: user, kind: 'streamExtraInfo', texts },
    );
    return { roomId, extraInfo: contents[0]! };
  }
}

/** The rooms that show the stream, or the named one among them. */
function findRooms(session: ClientSession, streamId: string, roomId: string | undefined): string[] {
  const shown = [...session.getUpstream(streamId).roomIds];
  const roomIds = roomId === undefined ? shown : shown.filter((room) => room === roomId);
  if (roomIds.length === 0) {
    throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', {
      details: { streamId, ...(roomId === undefined ? {} : { roomId }), problem: 'not shared' },
    });
  }
  roomIds.forEach((room) => session.getMembership(room, 'ROOM_ROOMID_INCORRECT'));
  return roomIds;
}
