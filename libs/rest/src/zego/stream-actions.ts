import { roomDirectoryRpc, sessionAdminRpc } from '@polyroom/contracts';
import { z } from 'zod';
import { defineAction, type ZegoAction, type ZegoContext } from './zego-action.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';
import { limitBytes, limitList, roomId, streamId, streamIds, text, userId, userName } from './zego-params.js';

const titleMaxBytes = 127;
const extraInfoMaxBytes = 1024;
const maxForbiddenAtOnce = 20;

const forbidParams = z.object({ StreamId: streamId, Sequence: text });
const forbidListParams = z.object({ StreamId: streamIds, Sequence: text });
const streamRates = { perSecond: 20, overloadCode: zegoCodes.tooManyStreamRequests };

/** Forbids stream IDs and ends their streams, or permits them again. */
async function setForbidden(
  { appId, bus, statementFor, step }: ZegoContext,
  ids: readonly string[],
  forSeconds: number,
): Promise<undefined> {
  const statement = statementFor('streams:stop');
  const action = forSeconds === 0 ? 'stream.permit' : 'stream.forbid';
  await Promise.all(
    ids.map(async (id) => {
      const request = { appId, streamId: id, forSeconds };
      const { owner } = await step({ action, subject: `stream:${id}` }, () =>
        bus.request(roomDirectoryRpc.forbidStream, request, { statement }),
      );
      if (owner !== undefined) {
        const { gatewayId, session } = owner;
        await bus.requestNode(sessionAdminRpc.endStream, gatewayId, { session, streamId: id }, { statement });
      }
    }),
  );
  return undefined;
}

function forbidOne(forSeconds: number): ZegoAction {
  return defineAction({
    permissions: ['streams:stop'],
    ...streamRates,
    params: forbidParams,
    run: (context, { StreamId }) => setForbidden(context, [StreamId], forSeconds),
  });
}

function forbidSeveral(forSeconds: number): ZegoAction {
  return defineAction({
    permissions: ['streams:stop'],
    ...streamRates,
    params: forbidListParams,
    run(context, { StreamId }) {
      limitList(StreamId, 'StreamId', maxForbiddenAtOnce, zegoCodes.illegalStreamIds);
      return setForbidden(context, StreamId, forSeconds);
    },
  });
}

/** Streams of rooms. */
export const streamActions: Record<string, ZegoAction> = {
  DescribeSimpleStreamList: defineAction({
    permissions: ['streams:read'],
    perSecond: 50,
    perSecondOfRoom: 0.1,
    params: z.object({ RoomId: roomId }),
    async run({ appId, bus, statementFor }, { RoomId }) {
      const { streams } = await bus.request(
        roomDirectoryRpc.listTimedStreams,
        { appId, roomId: RoomId },
        { statement: statementFor('streams:read') },
      );
      return {
        StreamList: streams.map(({ number, shownAtMs, streamId: id, user }) => ({
          StreamId: id,
          UserId: user.userId,
          UserName: user.userName,
          CreateTime: shownAtMs,
          StreamNumberId: number,
        })),
      };
    },
  }),

  AddStream: defineAction({
    permissions: ['streams:share'],
    perSecond: 10,
    params: z.object({
      RoomId: roomId,
      UserId: userId,
      UserName: userName.optional(),
      StreamId: streamId,
      StreamTitle: text.optional(),
      ExtraInfo: text.optional(),
    }),
    async run({ appId, bus, statementFor, step }, params) {
      const { ExtraInfo = '', RoomId, StreamId, StreamTitle, UserId, UserName = UserId } = params;
      limitBytes(StreamTitle, 'StreamTitle', titleMaxBytes, zegoCodes.tooLong);
      limitBytes(ExtraInfo, 'ExtraInfo', extraInfoMaxBytes, zegoCodes.tooLong);
      const act = {
        action: 'stream.announce',
        subject: `stream:${StreamId}`,
        after: { roomId: RoomId, userId: UserId },
      } as const;
      const stream = {
        ...{ appId, roomId: RoomId, streamId: StreamId, extraInfo: ExtraInfo },
        user: { userId: UserId, userName: UserName },
      };
      const statement = statementFor('streams:share');
      await step(act, () => bus.request(roomDirectoryRpc.announceStream, stream, { statement }));
      return undefined;
    },
  }),

  DeleteStream: defineAction({
    permissions: ['streams:share'],
    perSecond: 10,
    params: z.object({ RoomId: roomId, UserId: userId, StreamId: streamId }),
    async run({ appId, bus, statementFor, step }, { RoomId, StreamId }) {
      const act = {
        action: 'stream.withdraw',
        subject: `stream:${StreamId}`,
        after: { roomId: RoomId },
      } as const;
      const statement = statementFor('streams:share');
      const listed = { appId, roomId: RoomId, streamId: StreamId };
      const { isOfSession, removed } = await step(
        act,
        () => bus.request(roomDirectoryRpc.withdrawStream, listed, { statement }),
        (reply) => reply.removed,
      );
      if (!removed && !isOfSession) {
        throw new ZegoFailure(zegoCodes.noStream, 'StreamId: the room has no such stream');
      }
      if (isOfSession) {
        const stream = { appId, streamId: StreamId };
        const { gatewayId, session } = await bus.request(sessionAdminRpc.findStreamSession, stream, {
          statement,
        });
        const share = { session, streamId: StreamId, roomId: RoomId, shared: false };
        await step(act, () =>
          bus.requestNode(sessionAdminRpc.setStreamShare, gatewayId, share, { statement }),
        );
      }
      return undefined;
    },
  }),

  ForbidRTCStream: forbidOne(roomDirectoryRpc.maxForbiddenSeconds),
  ForbidRTCStreams: forbidSeveral(roomDirectoryRpc.maxForbiddenSeconds),
  ResumeRTCStream: forbidOne(0),
  ResumeRTCStreams: forbidSeveral(0),
};
