import {
  type AttributeInfo,
  type Client,
  type Emitter,
  type MediaState,
  type PolyroomError,
  type ReceivedMessage,
  type RoomChange,
  type RoomStateInfo,
  type RoomStreamInfo,
  type User,
} from '@polyroom/sdk';
import { describe, toZegoError } from '../shared/zego-error.js';
import { emitRemoteStates } from './remote-states.js';
import { toZegoPlayQuality, toZegoPublishQuality } from './native-quality.js';
import {
  type ZegoEvents,
  ZegoPlayerState,
  ZegoPublisherState,
  type ZegoRoomExtraInfo,
  ZegoRoomStateChangedReason,
  type ZegoStream,
  ZegoUpdateType,
} from './zego-types.js';
import { type ZegoUser } from './zego-user.js';

/** Emits the client's events with the names and arguments of ZEGO's native SDKs. */
export function emitNativeEvents(client: Client, events: Emitter<ZegoEvents>): void {
  client.on('roomStateChanged', (info) => {
    const reason = reasons[info.change];
    if (reason !== undefined) {
      events.emit('roomStateChanged', info.roomId, reason, info.error?.code ?? 0, extendedDataOf(info));
    }
  });
  client.on('membersJoined', ({ members, roomId }) =>
    events.emit('roomUserUpdate', roomId, ZegoUpdateType.Add, members.map(toZegoUser)),
  );
  client.on('membersLeft', ({ members, roomId }) =>
    events.emit('roomUserUpdate', roomId, ZegoUpdateType.Delete, members.map(toZegoUser)),
  );
  client.on('memberCountChanged', ({ count, roomId }) =>
    events.emit('roomOnlineUserCountUpdate', roomId, count),
  );
  client.on('streamsAdded', ({ roomId, streams }) =>
    events.emit('roomStreamUpdate', roomId, ZegoUpdateType.Add, streams.map(toZegoStream), ''),
  );
  client.on('streamsRemoved', ({ reason, roomId, streams }) => {
    const extendedData = JSON.stringify({
      stream_delete_reason: streams.map(({ streamId }) => ({ streamID: streamId, reason })),
    });
    events.emit('roomStreamUpdate', roomId, ZegoUpdateType.Delete, streams.map(toZegoStream), extendedData);
  });
  client.on('streamChanged', ({ former, roomId, stream }) => {
    if (former.extraInfo !== stream.extraInfo) {
      events.emit('roomStreamExtraInfoUpdate', roomId, [toZegoStream(stream)]);
    }
  });
  emitRemoteStates(client, events);
  client.on('attributesChanged', ({ attributes, roomId }) =>
    events.emit('roomExtraInfoUpdate', roomId, attributes.map(toZegoRoomExtraInfo)),
  );
  client.on('streamMutedByOperator', ({ kinds, roomId, streamId }) =>
    events.emit('roomStreamMuted', roomId, streamId, kinds),
  );
  client.on('tokenWillExpire', ({ remainingSeconds, roomId }) => {
    events.emit('roomTokenWillExpire', roomId, remainingSeconds);
    events.emit('tokenWillExpire', roomId);
  });
  client.on('publicationChanged', ({ endedKinds, error, interruptedKinds, roomIds, state, streamId }) =>
    events.emit('publisherStateUpdate', {
      streamID: streamId,
      state: publisherStates[state],
      errorCode: codeOf(error),
      roomIDs: roomIds,
      ...(endedKinds === undefined ? {} : { endedKinds }),
      ...(interruptedKinds === undefined ? {} : { interruptedKinds }),
    }),
  );
  client.on('subscriptionChanged', ({ error, roomIds, state, streamId }) =>
    events.emit('playerStateUpdate', {
      streamID: streamId,
      state: playerStates[state],
      errorCode: codeOf(error),
      roomIDs: roomIds,
    }),
  );
  client.on('playbackBlocked', ({ streamId }) => events.emit('autoplayFailed', streamId));
  emitMessages(client, events);
  emitQuality(client, events);
}

function emitMessages(client: Client, events: Emitter<ZegoEvents>): void {
  client.on('messagesReceived', ({ messages, roomId }) =>
    events.emit('IMRecvBroadcastMessage', roomId, messages.map(toMessageInfo)),
  );
  client.on('droppableMessagesReceived', ({ messages, roomId }) =>
    events.emit('IMRecvBarrageMessage', roomId, messages.map(toMessageInfo)),
  );
  client.on('commandReceived', ({ from, roomId, text }) =>
    events.emit('IMRecvCustomCommand', roomId, toZegoUser(from), text),
  );
  client.on('bytesReceived', ({ bytes, from, roomId }) =>
    events.emit('recvRoomTransparentMessage', roomId, { sendUser: toZegoUser(from), content: bytes }),
  );
  client.on('messageDeleted', ({ messageId, roomId }) =>
    events.emit('roomMessageDeleted', roomId, messageId),
  );
  client.on('messagesLost', ({ roomId }) => events.emit('roomMessagesLost', roomId));
}

function emitQuality(client: Client, events: Emitter<ZegoEvents>): void {
  client.on('publicationQuality', ({ quality, roomIds, streamId }) =>
    events.emit('publisherQualityUpdate', streamId, toZegoPublishQuality(quality), roomIds),
  );
  client.on('subscriptionQuality', ({ quality, roomIds, streamId }) =>
    events.emit('playerQualityUpdate', streamId, toZegoPlayQuality(quality), roomIds),
  );
  client.on('networkQuality', ({ down, up }) => events.emit('networkQuality', '', +up, +down));
  client.on('dominantSpeakerChanged', ({ roomId, speaker }) =>
    events.emit('roomDominantSpeakerUpdate', roomId, {
      userID: speaker?.userId ?? '',
      streamID: speaker?.streamId ?? '',
    }),
  );
  client.on('audioLevels', (levels) => {
    const sent = levels.filter(({ direction }) => direction === 'sent').map(({ level }) => level);
    const received = levels.filter(({ direction }) => direction === 'received');
    if (sent.length > 0) {
      events.emit('capturedSoundLevelUpdate', Math.max(...sent));
    }
    if (received.length > 0) {
      const byStream = received.map(({ level, streamId }): [string, number] => [streamId, level]);
      events.emit('remoteSoundLevelUpdate', Object.fromEntries(byStream));
    }
    events.emit(
      'soundLevelUpdate',
      levels.map(({ direction, level, roomIds, streamId }) => ({
        streamID: streamId,
        soundLevel: level,
        type: direction === 'sent' ? 'push' : 'pull',
        roomIDs: roomIds,
      })),
    );
  });
}

const reasons: { [Change in RoomChange]?: ZegoRoomStateChangedReason } = {
  joining: ZegoRoomStateChangedReason.Logining,
  joined: ZegoRoomStateChangedReason.Logined,
  joinFailed: ZegoRoomStateChangedReason.LoginFailed,
  reconnecting: ZegoRoomStateChangedReason.Reconnecting,
  rejoined: ZegoRoomStateChangedReason.Reconnected,
  reconnectFailed: ZegoRoomStateChangedReason.ReconnectFailed,
  removed: ZegoRoomStateChangedReason.KickOut,
  left: ZegoRoomStateChangedReason.Logout,
};

const publisherStates: Record<MediaState, ZegoPublisherState> = {
  pending: ZegoPublisherState.PublishRequesting,
  active: ZegoPublisherState.Publishing,
  ended: ZegoPublisherState.NoPublish,
};

const playerStates: Record<MediaState, ZegoPlayerState> = {
  pending: ZegoPlayerState.PlayRequesting,
  active: ZegoPlayerState.Playing,
  ended: ZegoPlayerState.NoPlay,
};

/** The native state of a publication or a playback of the core. */
export function toPublisherState(state: MediaState): ZegoPublisherState {
  return publisherStates[state];
}

export function toPlayerState(state: MediaState): ZegoPlayerState {
  return playerStates[state];
}

function extendedDataOf({ change, error, movedFrom, movedTo, reason, roomSessionId }: RoomStateInfo): string {
  if (change === 'joinFailed' && error !== undefined) {
    return describe(toZegoError(error));
  }
  if (change === 'joined') {
    return JSON.stringify({ room_session_id: roomSessionId, moved_from: movedFrom });
  }
  if (movedTo !== undefined) {
    return JSON.stringify({ moved_to: movedTo });
  }
  return reason === undefined ? '{}' : JSON.stringify({ custom_kickout_message: reason });
}

function codeOf(error: PolyroomError | undefined): number {
  return error?.code ?? 0;
}

function toZegoUser({ userId, userName }: User): ZegoUser {
  return { userID: userId, userName };
}

export function toZegoStream({ extraInfo, kinds, mutedKinds, streamId, user }: RoomStreamInfo): ZegoStream {
  return {
    user: toZegoUser(user),
    streamID: streamId,
    extraInfo,
    ...(mutedKinds.length === 0 ? {} : { mutedKinds }),
    ...(kinds.includes('data') ? { isData: true } : {}),
  };
}

function toZegoRoomExtraInfo({ key, updatedAtMs, updatedByUserId, value }: AttributeInfo): ZegoRoomExtraInfo {
  return { key, value, updateUser: { userID: updatedByUserId, userName: '' }, updateTime: updatedAtMs };
}

function toMessageInfo<Id>({ from, messageId, sentAtMs, text }: ReceivedMessage<Id>): {
  message: string;
  messageID: Id;
  sendTime: number;
  fromUser: ZegoUser;
} {
  return { message: text, messageID: messageId, sendTime: sentAtMs, fromUser: toZegoUser(from) };
}
