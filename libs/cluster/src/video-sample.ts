import { type Page } from 'playwright-core';

/** Measurements of a video element's frames. */
export interface VideoSample {
  /** Mean brightness of the pixels, 0 (black) to 255. */
  brightness: number;
  /** Share of the pixels that change within a quarter of a second. */
  movingShare: number;
}

/** Samples the video element with this ID twice. */
export function sampleVideo(page: Page, videoId: string): Promise<VideoSample> {
  return page.evaluate(async (id) => {
    const video = document.getElementById(id) as HTMLVideoElement;
    const [width, height] = [64, 36];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    const take = (): number[] => {
      context.drawImage(video, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from(
        { length: width * height },
        (_, at) => (data[at * 4]! + data[at * 4 + 1]! + data[at * 4 + 2]!) / 3,
      );
    };
    const first = take();
    await new Promise((resolve) => setTimeout(resolve, 250));
    const second = take();
    return {
      brightness: Math.round(first.reduce((sum, point) => sum + point, 0) / first.length),
      movingShare: first.filter((point, at) => Math.abs(point - second[at]!) > 16).length / first.length,
    };
  }, videoId);
}

/** Unmutes the video element with this ID; the reported level is the playback level. */
export async function unmute(page: Page, videoId: string): Promise<void> {
  await page.evaluate((id) => {
    (document.getElementById(id) as HTMLVideoElement).muted = false;
  }, videoId);
}
