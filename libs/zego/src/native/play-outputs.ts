import { type Client } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';

const maxVolume = 200;

/** The volumes of the elements that show played streams. */
export class PlayOutputs {
  private readonly elements = new Map<string, Set<HTMLMediaElement>>();
  private readonly volumes = new Map<string, number>();
  private volumeOfAll = 100;
  private isMuted = false;

  constructor(client: Client) {
    client.on('subscriptionChanged', ({ state, streamId }) => {
      if (state === 'ended') {
        // Per-stream settings end with the playback, as in ZEGO's SDK.
        this.elements.delete(streamId);
        this.volumes.delete(streamId);
      }
    });
  }

  get isSpeakerMuted(): boolean {
    return this.isMuted;
  }

  add(streamID: string, element: HTMLMediaElement): void {
    const elements = this.elements.get(streamID) ?? new Set();
    this.elements.set(streamID, elements.add(element));
    element.muted ||= this.isMuted;
    this.apply(streamID);
  }

  /** 0 to 200; browsers play at most 100. */
  setVolume(streamID: string, volume: number): void {
    assertVolume(volume);
    this.volumes.set(streamID, volume);
    this.apply(streamID);
  }

  /** Also for streams that are played later. */
  setVolumeOfAll(volume: number): void {
    assertVolume(volume);
    this.volumeOfAll = volume;
    this.volumes.clear();
    [...this.elements.keys()].forEach((streamID) => this.apply(streamID));
  }

  muteSpeaker(mute: boolean): void {
    if (typeof mute !== 'boolean') {
      throw illegalArgument('mute', 'expected a boolean');
    }
    this.isMuted = mute;
    [...this.elements.values()].forEach((elements) => elements.forEach((element) => (element.muted = mute)));
  }

  private apply(streamID: string): void {
    const volume = this.volumes.get(streamID) ?? this.volumeOfAll;
    for (const element of this.elements.get(streamID) ?? []) {
      element.volume = Math.min(1, volume / 100);
    }
  }
}

function assertVolume(volume: unknown): void {
  if (!(typeof volume === 'number' && volume >= 0 && volume <= maxVolume)) {
    throw illegalArgument('volume', `expected a number from 0 to ${maxVolume}`);
  }
}
