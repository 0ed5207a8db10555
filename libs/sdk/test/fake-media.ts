import { FakeHandler, testFakeParameters } from 'mediasoup-client';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';

/** Node.js has no WebRTC: mediasoup-client's own stand-ins take its place, and this one of MediaStream. */
export class FakeMediaStream {
  private readonly tracks = new Set<MediaStreamTrack>();

  constructor(tracks: MediaStreamTrack[] = []) {
    tracks.forEach((track) => this.tracks.add(track));
  }

  addTrack(track: MediaStreamTrack): void {
    this.tracks.add(track);
  }

  removeTrack(track: MediaStreamTrack): void {
    this.tracks.delete(track);
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.tracks];
  }
}

export function installMediaStream(): void {
  globalThis.MediaStream = FakeMediaStream as unknown as typeof MediaStream;
}

export function newCamera(): MediaStream {
  return new FakeMediaStream([
    new FakeMediaStreamTrack({ kind: 'audio' }),
    new FakeMediaStreamTrack({ kind: 'video' }),
  ]) as unknown as MediaStream;
}

export const fakeHandlerFactory = FakeHandler.createFactory(testFakeParameters);
