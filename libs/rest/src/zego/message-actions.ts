import { messagingRpc, newId, roomDirectoryRpc } from '@polyroom/contracts';
import { z } from 'zod';
import { defineAction, type ZegoAct, type ZegoAction, type ZegoContext } from './zego-action.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';
import { integer, limitBytes, limitList, roomId, text, userId, userIds, userName } from './zego-params.js';

const contentMaxBytes = 1024;
const categories: Record<number, 'chat' | 'system'> = { 1: 'system', 2: 'chat' };

const messageParams = z.object({
  RoomId: roomId,
  UserId: userId,
  UserName: userName.optional(),
  MessageCategory: integer.min(1).max(2),
  MessageContent: text,
});
type MessageParams = z.output<typeof messageParams>;

function assertContent(content: string): void {
  if (content === '') {
    throw new ZegoFailure(zegoCodes.noContent, 'MessageContent is empty');
  }
  limitBytes(content, 'MessageContent', contentMaxBytes, zegoCodes.messageTooLong);
}

function toMessage(appId: number, params: MessageParams) {
  const { MessageCategory, MessageContent, RoomId, UserId, UserName = UserId } = params;
  return {
    appId,
    roomId: RoomId,
    from: { userId: UserId, userName: UserName },
    content: MessageContent,
    category: categories[MessageCategory]!,
  };
}

async function count({ appId, instances, statementFor }: ZegoContext): Promise<{ statement: string }> {
  const options = { statement: statementFor('messages:send') };
  await instances.ask(messagingRpc.countServerMessage, { appId }, { appId }, options);
  return options;
}

const sent = (RoomId: string, kind: string, from: string, content: string): ZegoAct => ({
  action: 'message.send',
  subject: `room:${RoomId}`,
  after: { kind, from, bytes: Buffer.byteLength(content) },
});

/** Messages in rooms. */
export const messageActions: Record<string, ZegoAction> = {
  SendBroadcastMessage: defineAction({
    permissions: ['messages:send'],
    perSecond: 100,
    params: messageParams,
    async run(context, params) {
      assertContent(params.MessageContent);
      const options = await count(context);
      const message = { ...toMessage(context.appId, params), clientMessageId: newId('message') };
      const act = sent(params.RoomId, 'broadcast', params.UserId, params.MessageContent);
      const { messageId } = await context.step(act, () =>
        context.sender.send({ ...message, kind: 'broadcast' }, options),
      );
      return { MessageId: messageId };
    },
  }),

  SendBarrageMessage: defineAction({
    permissions: ['messages:send'],
    perSecond: 100,
    params: messageParams,
    async run(context, params) {
      assertContent(params.MessageContent);
      const options = await count(context);
      const message = toMessage(context.appId, params);
      const act = sent(params.RoomId, 'barrage', params.UserId, params.MessageContent);
      const { messageId } = await context.step(act, () =>
        context.instances.ask(messagingRpc.sendBarrage, message, message, options),
      );
      return { MessageId: messageId };
    },
  }),

  SendCustomCommand: defineAction({
    permissions: ['messages:send', 'rooms:read'],
    perSecond: 100,
    params: z.object({
      RoomId: roomId,
      FromUserId: userId,
      ToUserId: userIds.optional(),
      MessageContent: text,
    }),
    async run(context, { FromUserId, MessageContent, RoomId, ToUserId }) {
      assertContent(MessageContent);
      const { appId, bus, sender, statementFor, step } = context;
      let to: string[] | undefined;
      if (ToUserId !== undefined) {
        limitList(ToUserId, 'ToUserId', 10, zegoCodes.userListTooLong);
        const { members } = await bus.request(
          roomDirectoryRpc.findMembers,
          { appId, roomId: RoomId, userIds: ToUserId },
          { statement: statementFor('rooms:read') },
        );
        to = ToUserId.filter((wanted) => members.some((member) => member.userId === wanted));
      }
      if (to?.length !== 0) {
        const options = await count(context);
        const command = {
          ...({
            appId,
            roomId: RoomId,
            content: MessageContent,
            kind: 'command',
            category: 'system',
          } as const),
          from: { userId: FromUserId, userName: FromUserId },
          clientMessageId: newId('message'),
          ...(to === undefined ? {} : { to }),
        };
        await step(sent(RoomId, 'command', FromUserId, MessageContent), () => sender.send(command, options));
      }
      const failed = ToUserId?.filter((wanted) => to?.includes(wanted) !== true) ?? [];
      return { FailUsers: failed.map((Uid) => ({ Uid, Code: zegoCodes.userNotOnline })) };
    },
  }),
};
