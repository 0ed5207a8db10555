import { type BrowserUser, sampleVideo, unmute, type VideoSample } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';

export interface Watched extends VideoSample {
  frames: number;
  audioPackets: number;
  /** The highest level so far, 0 to 100. */
  loudness: number;
}

/**
 * Plays a stream with our SDK and measures it: video that moves and is not black, audio that is not silent.
 */
export async function watchInChromium(
  viewer: BrowserUser,
  room: string,
  stream: string,
  frames: number,
): Promise<Watched> {
  const before = await viewer.playStats();
  await viewer.play(stream, room);
  await unmute(viewer.page, stream);
  const count = async () => {
    const now = await viewer.playStats();
    return {
      frames: now.framesDecoded - before.framesDecoded,
      audioPackets: now.audioPackets - before.audioPackets,
      loudness: (await viewer.record()).loudest.remote[stream] ?? 0,
    };
  };
  let counted = await count();
  await waitFor(
    async () => {
      counted = await count();
      return counted.frames >= frames && counted.audioPackets >= frames && counted.loudness > 0;
    },
    { timeoutMs: 20_000, describe: `${frames} video frames and as many audio packets` },
  ).catch((error: unknown) => {
    throw new Error(`${viewer.userId} received ${JSON.stringify(counted)}: ${String(error)}`);
  });
  const sample = await sampleVideo(viewer.page, stream);
  return { ...(await count()), ...sample };
}
