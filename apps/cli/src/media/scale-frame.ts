import { type I420Frame } from './webrtc.js';

/** The frame in another size, by its nearest points: simulcast changes the size within a stream. */
export function scaleFrame(frame: I420Frame, width: number, height: number): Uint8Array {
  if (frame.width === width && frame.height === height) {
    return Uint8Array.from(frame.data);
  }
  const scaled = new Uint8Array((width * height * 3) / 2);
  let [from, to] = [0, 0];
  for (const half of [1, 2, 2]) {
    const source = { width: Math.ceil(frame.width / half), height: Math.ceil(frame.height / half) };
    const target = { width: width / half, height: height / half };
    const columns = Int32Array.from({ length: target.width }, (_, x) =>
      Math.floor((x * source.width) / target.width),
    );
    for (let y = 0; y < target.height; y += 1) {
      const row = from + Math.floor((y * source.height) / target.height) * source.width;
      for (let x = 0; x < target.width; x += 1) {
        scaled[to] = frame.data[row + columns[x]!]!;
        to += 1;
      }
    }
    from += source.width * source.height;
  }
  return scaled;
}
