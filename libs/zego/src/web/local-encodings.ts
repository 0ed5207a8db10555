import { type MediaKind } from '@polyroom/sdk';
import { type LocalEncoding } from './capture-options.js';

/** Bitrates by local stream: ZEGO sets them there, the core by published stream. */
export class LocalEncodings {
  private readonly kbps = new WeakMap<MediaStream, { [Kind in MediaKind]?: number }>();

  /** Values that are undefined do not change. */
  note(mediaStream: MediaStream, { audioKbps, contentHint, videoKbps }: LocalEncoding): void {
    this.kbps.set(mediaStream, {
      ...this.kbps.get(mediaStream),
      ...(videoKbps === undefined ? {} : { video: videoKbps }),
      ...(audioKbps === undefined ? {} : { audio: audioKbps }),
    });
    if (contentHint !== undefined) {
      for (const track of mediaStream.getTracks().filter(({ kind }) => kind === 'video')) {
        track.contentHint = contentHint;
      }
    }
  }

  /** In bits per second, for the core. */
  maxBitratesOf(mediaStream: MediaStream): { [Kind in MediaKind]?: number } {
    const entries = Object.entries(this.kbps.get(mediaStream) ?? {});
    return Object.fromEntries(entries.map(([kind, kbps]) => [kind, kbps * 1000]));
  }
}
