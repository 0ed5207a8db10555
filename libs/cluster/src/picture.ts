import { type Page } from 'playwright-core';

/** What a video element shows. */
export interface Picture {
  /** The mean of its points, 0 (black) to 255. */
  brightness: number;
  /** The share of its points that are different a quarter of a second later. */
  movingShare: number;
}

/** Looks at the video element with this ID, twice. */
export function lookAt(page: Page, videoId: string): Promise<Picture> {
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

/** Turns the sound on of the video element with this ID: as loud as it plays is as loud as it is said to be. */
export async function hear(page: Page, videoId: string): Promise<void> {
  await page.evaluate((id) => {
    (document.getElementById(id) as HTMLVideoElement).muted = false;
  }, videoId);
}
