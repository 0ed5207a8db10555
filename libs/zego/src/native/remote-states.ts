import { type Client, type Emitter, type MediaKind } from '@polyroom/sdk';
import { type ZegoEvents, ZegoRemoteDeviceState } from './zego-types.js';

const kinds: MediaKind[] = ['audio', 'video'];

/**
 * Emits whether others mute their microphones and cameras: when a stream appears muted, when it changes, and when
 * a muted stream starts to play. A stream counts as muted if every room in which the user sees it mutes it.
 */
export function emitRemoteStates(client: Client, events: Emitter<ZegoEvents>): void {
  const muted = new Map<string, readonly MediaKind[]>();

  const tell = (streamID: string, kind: MediaKind, isMuted: boolean): void => {
    const state = isMuted ? ZegoRemoteDeviceState.Mute : ZegoRemoteDeviceState.Open;
    events.emit(kind === 'audio' ? 'remoteMicStateUpdate' : 'remoteCameraStateUpdate', streamID, state);
  };
  const update = (streamID: string): void => {
    const former = muted.get(streamID) ?? [];
    const current = mutedKindsOf(client, streamID);
    if (current === undefined) {
      muted.delete(streamID);
      return;
    }
    muted.set(streamID, current);
    for (const kind of kinds.filter((one) => former.includes(one) !== current.includes(one))) {
      tell(streamID, kind, current.includes(kind));
    }
  };

  client.on('streamsAdded', ({ streams }) => streams.forEach(({ streamId }) => update(streamId)));
  client.on('streamsRemoved', ({ streams }) => streams.forEach(({ streamId }) => update(streamId)));
  client.on('streamChanged', ({ stream }) => update(stream.streamId));
  const playing = new Set<string>();
  client.on('subscriptionChanged', ({ state, streamId }) => {
    if (state === 'active' && !playing.has(streamId)) {
      playing.add(streamId);
      muted.get(streamId)?.forEach((kind) => tell(streamId, kind, true));
    } else if (state === 'ended') {
      playing.delete(streamId);
    }
  });
}

/** Undefined if no room shows the stream. */
function mutedKindsOf(client: Client, streamID: string): MediaKind[] | undefined {
  const shown = client
    .dump()
    .rooms.flatMap(({ roomId }) => client.streams(roomId).filter(({ streamId }) => streamId === streamID));
  return shown.length === 0
    ? undefined
    : kinds.filter((kind) => shown.every(({ mutedKinds }) => mutedKinds.includes(kind)));
}
