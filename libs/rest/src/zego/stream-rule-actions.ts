import { roomAdminRpc } from '@polyroom/contracts';
import { z } from 'zod';
import { defineAction, type ZegoAction, type ZegoContext } from './zego-action.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';
import { integer, limitList, roomId, streamId, streamIds } from './zego-params.js';

const defaultSeconds = 21_600;
const longestSeconds = 86_400;
const listedAtOnce = 10;
const flag = integer.min(0).max(1);

const setParams = z.object({
  RoomId: roomId,
  StreamId: streamId,
  DisableAudio: flag.default(0),
  DisableVideo: flag.default(0),
  EffectiveTime: integer.min(1).default(defaultSeconds),
});
const deleteParams = z.object({ RoomId: roomId, StreamId: streamId });

interface Rule {
  RoomId: string;
  StreamId: string;
  DisableAudio: number;
  DisableVideo: number;
  /** Seconds. */
  EffectiveTime?: number;
}

/** The mutes that a rule stands for: the last rule of a stream replaces the one before. */
function toMutes({ DisableAudio, DisableVideo, EffectiveTime, RoomId, StreamId }: Rule) {
  return (['audio', 'video'] as const).map((kind) => {
    const muted = (kind === 'audio' ? DisableAudio : DisableVideo) === 1;
    return {
      ...{ roomId: RoomId, streamId: StreamId, kind, muted },
      // Longer ones are shortened, as ZEGO does.
      ...(muted && EffectiveTime !== undefined
        ? { forSeconds: Math.min(EffectiveTime, longestSeconds) }
        : {}),
    };
  });
}

async function apply({ appId, bus, statementFor, step }: ZegoContext, rule: Rule): Promise<undefined> {
  const statement = statementFor('streams:mute');
  for (const mute of toMutes(rule)) {
    const { muted, streamId: id, ...after } = mute;
    await step({ action: muted ? 'stream.mute' : 'stream.unmute', subject: `stream:${id}`, after }, () =>
      bus.request(roomAdminRpc.setStreamMute, { appId, ...mute }, { statement }),
    );
  }
  return undefined;
}

const noRule = { DisableAudio: 0, DisableVideo: 0 };

/** Mutes by operators, as rules. */
export const streamRuleActions: Record<string, ZegoAction> = {
  SetForbidStreamRule: defineAction({
    permissions: ['streams:mute'],
    perSecond: 10,
    params: setParams,
    async run(context, rule) {
      if (rule.DisableAudio === 0 && rule.DisableVideo === 0) {
        throw new ZegoFailure(zegoCodes.illegalParameter, 'DisableAudio and DisableVideo are both 0');
      }
      return apply(context, rule);
    },
  }),

  DescribeForbidStreamRules: defineAction({
    permissions: ['streams:read'],
    perSecond: 10,
    params: z.object({ RoomId: roomId, StreamId: streamIds }),
    async run({ appId, bus, statementFor }, { RoomId, StreamId }) {
      limitList(StreamId, 'StreamId', listedAtOnce, zegoCodes.illegalParameter);
      const statement = statementFor('streams:read');
      const rules = StreamId.map(async (id) => {
        const stream = { appId, roomId: RoomId, streamId: id };
        const { kinds } = await bus.request(roomAdminRpc.readStreamMutes, stream, { statement });
        return {
          StreamId: id,
          DisableAudio: Number(kinds.includes('audio')),
          DisableVideo: Number(kinds.includes('video')),
          // Mutes are kept without their times.
          ...{ CreateTime: 0, EffectiveTime: 0 },
        };
      });
      return { RoomId, ForbidStreamRuleList: await Promise.all(rules) };
    },
  }),

  DelForbidStreamRule: defineAction({
    permissions: ['streams:mute'],
    perSecond: 10,
    params: deleteParams,
    run: (context, stream) => apply(context, { ...stream, ...noRule }),
  }),
};
