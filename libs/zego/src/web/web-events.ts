import { type Client, type Emitter, type MediaState, type PolyroomError } from '@polyroom/sdk';
import { emitNativeEvents } from '../native/native-events.js';
import {
  type ZegoEvents,
  ZegoRemoteDeviceState,
  ZegoRoomStateChangedReason,
  ZegoUpdateType,
} from '../native/zego-types.js';
import { describe, toZegoError } from '../shared/zego-error.js';
import { toPlayStats, toPublishStats } from './web-quality.js';
import {
  type ZegoRoomState,
  type ZegoRoomStateReason,
  type ZegoWebEvents,
  type ZegoWebPlayerState,
  type ZegoWebPublisherState,
} from './web-types.js';

/** Emits the client's events with the names and string states of ZEGO's Web SDK. */
export function emitWebEvents(
  client: Client,
  native: Emitter<ZegoEvents>,
  events: Emitter<ZegoWebEvents>,
): void {
  emitNativeEvents(client, native);
  native.on('roomStateChanged', (roomID, reason, errorCode, extendedData) => {
    events.emit('roomStateChanged', roomID, reasons[reason], errorCode, extendedData);
    const state = states[reason];
    if (state !== undefined) {
      events.emit('roomStateUpdate', roomID, state, errorCode, extendedData);
    }
  });
  native.on('roomUserUpdate', (roomID, type, users) =>
    events.emit('roomUserUpdate', roomID, type === ZegoUpdateType.Add ? 'ADD' : 'DELETE', users),
  );
  native.on('roomStreamUpdate', (roomID, type, streams, extendedData) =>
    events.emit(
      'roomStreamUpdate',
      roomID,
      type === ZegoUpdateType.Add ? 'ADD' : 'DELETE',
      streams,
      extendedData,
    ),
  );
  client.on('publicationChanged', ({ error, roomIds, state, streamId }) =>
    events.emit('publisherStateUpdate', {
      streamID: streamId,
      state: publisherStates[state],
      ...causeOf(error),
      roomIDs: roomIds,
    }),
  );
  client.on('subscriptionChanged', ({ error, roomIds, state, streamId }) =>
    events.emit('playerStateUpdate', {
      streamID: streamId,
      state: playerStates[state],
      ...causeOf(error),
      roomIDs: roomIds,
    }),
  );
  client.on('publicationQuality', ({ quality, streamId }) =>
    events.emit('publishQualityUpdate', streamId, toPublishStats(quality)),
  );
  client.on('subscriptionQuality', ({ quality, streamId }) =>
    events.emit('playQualityUpdate', streamId, toPlayStats(quality)),
  );
  native.on('roomStreamExtraInfoUpdate', (roomID, streams) =>
    events.emit('streamExtraInfoUpdate', roomID, streams),
  );
  native.on('remoteCameraStateUpdate', (streamID, state) =>
    events.emit('remoteCameraStatusUpdate', streamID, toStatus(state)),
  );
  native.on('remoteMicStateUpdate', (streamID, state) =>
    events.emit('remoteMicStatusUpdate', streamID, toStatus(state)),
  );
  client.on('playbackBlocked', ({ streamId }) => events.emit('autoplayFailed', streamId));
  for (const name of unchanged) {
    native.on(name, (...args: unknown[]) => events.emit(name, ...(args as never)));
  }
}

/** Events with the same arguments in both faces. */
const unchanged = [
  'roomOnlineUserCountUpdate',
  'roomExtraInfoUpdate',
  'roomStreamMuted',
  'roomDominantSpeakerUpdate',
  'tokenWillExpire',
  'IMRecvBroadcastMessage',
  'IMRecvBarrageMessage',
  'IMRecvCustomCommand',
  'recvRoomTransparentMessage',
  'roomMessageDeleted',
  'roomMessagesLost',
  'networkQuality',
  'soundLevelUpdate',
  'capturedSoundLevelUpdate',
] as const;

const Reason = ZegoRoomStateChangedReason;
const reasons: Record<ZegoRoomStateChangedReason, ZegoRoomStateReason> = {
  [Reason.Logining]: 'LOGINING',
  [Reason.Logined]: 'LOGINED',
  [Reason.LoginFailed]: 'LOGIN_FAILED',
  [Reason.Reconnecting]: 'RECONNECTING',
  [Reason.Reconnected]: 'RECONNECTED',
  [Reason.ReconnectFailed]: 'RECONNECT_FAILED',
  [Reason.KickOut]: 'KICKOUT',
  [Reason.Logout]: 'LOGOUT',
  [Reason.LogoutFailed]: 'LOGOUT_FAILED',
};

const states: { [Name in ZegoRoomStateChangedReason]?: ZegoRoomState } = {
  [Reason.Logining]: 'CONNECTING',
  [Reason.Logined]: 'CONNECTED',
  [Reason.LoginFailed]: 'DISCONNECTED',
  [Reason.Reconnecting]: 'CONNECTING',
  [Reason.Reconnected]: 'CONNECTED',
  [Reason.ReconnectFailed]: 'DISCONNECTED',
  [Reason.KickOut]: 'DISCONNECTED',
  [Reason.Logout]: 'DISCONNECTED',
};

const publisherStates: Record<MediaState, ZegoWebPublisherState> = {
  pending: 'PUBLISH_REQUESTING',
  active: 'PUBLISHING',
  ended: 'NO_PUBLISH',
};

const playerStates: Record<MediaState, ZegoWebPlayerState> = {
  pending: 'PLAY_REQUESTING',
  active: 'PLAYING',
  ended: 'NO_PLAY',
};

function toStatus(state: ZegoRemoteDeviceState): 'OPEN' | 'MUTE' {
  return state === ZegoRemoteDeviceState.Mute ? 'MUTE' : 'OPEN';
}

export function causeOf(error: PolyroomError | undefined): { errorCode: number; extendedData: string } {
  return {
    errorCode: error?.code ?? 0,
    extendedData: error === undefined ? '' : describe(toZegoError(error)),
  };
}
