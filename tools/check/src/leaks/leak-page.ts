import { type Client } from '@polyroom/sdk';
import { type ZegoExpressEngine } from '@polyroom/zego';

export interface LeakPageOptions {
  appId: number;
  appSign: string;
  server: string;
  userId: string;
  /** A stream that another user publishes in `roomId`. */
  playedStreamId: string;
  roomId: string;
}

/** Globals of the page. */
interface Globals {
  polyroom: { ZegoExpressEngine: typeof ZegoExpressEngine };
  polyroomSdk: { Client: typeof Client };
  cycles: LeakCycles;
}

export interface LeakCycles {
  /** Creates and destroys an engine that publishes and plays in between. */
  createAndDestroy(count: number): Promise<void>;
  /** Enters and leaves a room with one client that publishes and plays in between. */
  joinAndLeave(count: number): Promise<void>;
  publish(streamId: string): Promise<void>;
}

/** Runs in the page: uses nothing from outside of it. */
export async function preparePage(options: LeakPageOptions): Promise<void> {
  const { appId, appSign, playedStreamId, roomId, server, userId } = options;
  const page = window as never as Globals;
  const camera = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 160, height: 120, frameRate: 10 },
  });
  const user = { userId, userName: userId };
  const newClient = (): Client => new page.polyroomSdk.Client({ appId, appSign, server });
  let kept: Client | undefined;

  /** Resolves with the next frame of the element. */
  function nextFrame(video: HTMLVideoElement): Promise<unknown> {
    return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  }

  /** Publishes and plays until media flows in both directions. */
  async function useMedia(client: Client): Promise<void> {
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    const sending = new Promise<void>((resolve) => {
      const remove = client.on('publicationChanged', ({ state }) => {
        if (state === 'active') {
          remove();
          resolve();
        }
      });
    });
    await client.join(roomId, { user });
    client.startAudioLevels(100);
    await Promise.all([
      client.publish(`${userId}-cam`, { roomId, media: camera }),
      client.subscribe(playedStreamId, { roomId, element: video }),
      sending,
      nextFrame(video),
    ]);
    client.stopAudioLevels();
  }

  page.cycles = {
    async createAndDestroy(count) {
      const { ZegoExpressEngine } = page.polyroom;
      for (let cycle = 0; cycle < count; cycle++) {
        ZegoExpressEngine.setRoomMode(1);
        const engine = await ZegoExpressEngine.createEngineWithProfile({
          appID: appId,
          appSign,
          server,
        } as never);
        const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
        const sending = new Promise<void>((resolve) =>
          engine.on('publisherStateUpdate', ({ state }) => void (state === 2 && resolve())),
        );
        await engine.loginRoom(roomId, { userID: userId, userName: userId });
        engine.startSoundLevelMonitor({ millisecond: 100 });
        await Promise.all([
          engine.startPublishingStream(`${userId}-cam`, 0, { roomID: roomId, mediaStream: camera }),
          engine.startPlayingStream(playedStreamId, video, { roomID: roomId }),
          sending,
          nextFrame(video),
        ]);
        await ZegoExpressEngine.destroyEngine();
      }
    },
    async joinAndLeave(count) {
      kept ??= newClient();
      for (let cycle = 0; cycle < count; cycle++) {
        await useMedia(kept);
        await kept.leave(roomId);
      }
    },
    async publish(streamId) {
      kept ??= newClient();
      await kept.join(roomId, { user });
      await kept.publish(streamId, { roomId, media: camera });
    },
  };
}
