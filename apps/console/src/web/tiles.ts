import { type ZegoPlayerStateInfo, ZegoPlayerState } from '@polyroom/zego';
import { element } from './dom.js';

interface Tile {
  root: HTMLElement;
  video: HTMLVideoElement;
  state: HTMLElement;
  rooms: HTMLElement;
}

const stateNames: Record<ZegoPlayerState, string> = {
  [ZegoPlayerState.NoPlay]: 'stopped',
  [ZegoPlayerState.PlayRequesting]: 'waiting',
  [ZegoPlayerState.Playing]: 'playing',
};

/** One tile per played stream, with the rooms on whose behalf it is played. */
export class Tiles {
  private readonly tiles = new Map<string, Tile>();
  private readonly empty = element(
    'p',
    { className: 'empty' },
    'Nothing is playing. Join a room and press Play next to a stream.',
  );

  constructor(
    private readonly root: HTMLElement,
    private readonly onStop: (streamID: string) => void,
  ) {
    root.append(this.empty);
  }

  /** Rooms of each played stream. */
  readonly roomsOf = new Map<string, string[]>();

  update({ streamID, state, roomIDs }: ZegoPlayerStateInfo): void {
    if (state === ZegoPlayerState.NoPlay) {
      this.tiles.get(streamID)?.root.remove();
      this.tiles.delete(streamID);
      this.roomsOf.delete(streamID);
    } else {
      const tile = this.tiles.get(streamID) ?? this.add(streamID);
      this.roomsOf.set(streamID, roomIDs);
      tile.state.textContent = stateNames[state];
      tile.state.dataset['state'] = stateNames[state];
      tile.rooms.replaceChildren(...roomIDs.map((roomID) => element('li', { className: 'chip' }, roomID)));
    }
    this.empty.hidden = this.tiles.size > 0;
  }

  show(streamID: string, mediaStream: MediaStream): void {
    const video = this.tiles.get(streamID)?.video;
    if (video !== undefined && video.srcObject !== mediaStream) {
      video.srcObject = mediaStream;
      // Without a user gesture a browser may block audio; the tile's own controls start it then.
      void video.play().catch(() => undefined);
    }
  }

  clear(): void {
    for (const streamID of [...this.tiles.keys()]) {
      this.update({ streamID, state: ZegoPlayerState.NoPlay, errorCode: 0, roomIDs: [] });
    }
  }

  private add(streamID: string): Tile {
    const video = element('video', {
      autoplay: true,
      playsInline: true,
      controls: true,
      aria: { label: `Stream ${streamID}` },
    });
    const state = element('span', { className: 'badge' });
    const rooms = element('ul', { className: 'bindings', aria: { label: 'Bound rooms' } });
    const root = element(
      'figure',
      { className: 'tile' },
      video,
      element(
        'figcaption',
        {},
        element('b', {}, streamID),
        state,
        element(
          'button',
          {
            type: 'button',
            aria: { label: `Stop ${streamID} in all rooms` },
            onEvent: { click: () => this.onStop(streamID) },
          },
          'Stop',
        ),
        rooms,
      ),
    );
    root.dataset['stream'] = streamID;
    const tile = { root, video, state, rooms };
    this.tiles.set(streamID, tile);
    this.root.append(root);
    return tile;
  }
}
