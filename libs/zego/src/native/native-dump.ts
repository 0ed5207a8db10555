import { type ClientDump } from '@polyroom/sdk';
import { toPlayerState, toPublisherState } from './native-events.js';
import { type ZegoEngineDump } from './zego-types.js';

export function toZegoDump({
  peerConnections,
  publications,
  rooms,
  sockets,
  subscriptions,
}: ClientDump): ZegoEngineDump {
  const states = { joining: 'logining', joined: 'logined', reconnecting: 'reconnecting' } as const;
  return {
    rooms: rooms.map(({ roomId, state, streamIds, userIds }) => ({
      roomID: roomId,
      state: states[state],
      users: userIds,
      streams: streamIds,
    })),
    publishing: publications.map(({ channel, roomIds, state, streamId }) => ({
      streamID: streamId,
      channel,
      state: toPublisherState(state),
      roomIDs: roomIds,
    })),
    playing: subscriptions.map(({ roomIds, state, streamId, trackIds }) => ({
      streamID: streamId,
      state: toPlayerState(state),
      roomIDs: roomIds,
      trackIds,
    })),
    peerConnections,
    sockets,
  };
}
