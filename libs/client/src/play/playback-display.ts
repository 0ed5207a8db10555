import { type types } from 'mediasoup-client';
import { type ClientEvents, type MediaKind } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type PageEvents } from '../platform/platform.js';
import { ElementPlayer } from './element-player.js';
import { closeAll, type Playback } from './playback.js';

/** What the application gets of a played stream: the tracks of its MediaStream, and the elements that show it. */
export class PlaybackDisplay {
  private readonly elements: ElementPlayer;

  constructor(events: Emitter<ClientEvents>, page: PageEvents | undefined) {
    this.elements = new ElementPlayer({
      page,
      onBlocked: (streamId) => events.emit('playbackBlocked', { streamId }),
      onUnblocked: (streamId) => events.emit('playbackUnblocked', { streamId }),
    });
  }

  /** Shows the stream in one more element, until it ends. */
  addElement(playback: Playback, element: HTMLMediaElement): void {
    playback.elements.add(element);
    this.elements.show(playback.streamId, playback.mediaStream, element);
  }

  removeElement(playback: Playback, element: HTMLMediaElement): void {
    playback.elements.delete(element);
    this.elements.clear(playback.mediaStream, element);
  }

  /** Replaces the tracks, and closes the former consumers. Without a track the elements are cleared. */
  replaceConsumers(playback: Playback, consumers: types.Consumer[]): void {
    for (const consumer of playback.consumers) {
      playback.mediaStream.removeTrack(consumer.track);
      consumer.close();
    }
    closeAll(playback.passedOver.filter((consumer) => !consumers.includes(consumer)));
    playback.passedOver = [];
    playback.consumers = consumers;
    for (const consumer of consumers) {
      playback.mediaStream.addTrack(consumer.track);
    }
    applyMutes(playback);
    for (const element of playback.elements) {
      if (consumers.length === 0) {
        this.elements.clear(playback.mediaStream, element);
      } else if (element.srcObject === null) {
        this.elements.show(playback.streamId, playback.mediaStream, element);
      }
    }
  }

  addConsumer(playback: Playback, consumer: types.Consumer): void {
    playback.consumers.push(consumer);
    playback.mediaStream.addTrack(consumer.track);
    applyMutes(playback);
  }

  mute(playback: Playback, kind: MediaKind, muted: boolean): void {
    if (muted) {
      playback.muted.add(kind);
    } else {
      playback.muted.delete(kind);
    }
    applyMutes(playback);
  }

  /** The playback has ended. */
  clear(playback: Playback): void {
    this.replaceConsumers(playback, []);
    playback.elements.clear();
  }

  /** Tries elements that the browser has blocked again. */
  resume(): Promise<void> {
    return this.elements.resume();
  }

  /** Idempotent. */
  close(): void {
    this.elements.close();
  }
}

function applyMutes({ consumers, muted }: Playback): void {
  for (const { kind, track } of consumers) {
    track.enabled = !muted.has(kind);
  }
}
