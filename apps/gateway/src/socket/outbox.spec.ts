import { Writable } from 'node:stream';
import { beforeEach, expect, test } from '@jest/globals';
import { socketLimits } from '@polyroom/contracts';
import { FastIo } from '@polyroom/fast-io';
import { FlushTick } from './flush-tick.js';
import { buildTextFrame } from '@polyroom/session';
import { Outbox } from './outbox.js';

let writes: Buffer[];
/** Completes the pending writes; a socket whose peer does not read never does. */
let finish: (() => void)[];
let reads: boolean;
let dropped: number;
let overflowed: number;
let outbox: Outbox;
let tick: FlushTick;

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function createOutbox(): Outbox {
  const stream = new Writable({
    highWaterMark: 16 * 1024,
    write: (chunk, _encoding, done) => {
      writes.push(chunk as Buffer);
      if (reads) {
        done();
      } else {
        finish.push(done);
      }
    },
  });
  return new Outbox(stream, tick, { onDropped: () => dropped++, onOverflow: () => overflowed++ });
}

beforeEach(() => {
  writes = [];
  finish = [];
  reads = true;
  dropped = 0;
  overflowed = 0;
  tick = new FlushTick(new FastIo(false));
  outbox = createOutbox();
});

test.each([0, 125, 126, 65_535, 65_536])('a text of %d bytes is framed as RFC 6455 defines', (length) => {
  const { bytes } = buildTextFrame('a'.repeat(length));
  expect(bytes[0]).toBe(0x81);
  const [announced, head] =
    bytes[1]! < 126
      ? [bytes[1], 2]
      : bytes[1] === 126
        ? [bytes.readUInt16BE(2), 4]
        : [Number(bytes.readBigUInt64BE(2)), 10];
  expect([announced, bytes.length - head]).toEqual([length, length]);
});

test('writes at the end of the tick, with all frames of the tick in one write', async () => {
  const frames = ['one', 'two', 'three'].map((text) => buildTextFrame(text));
  outbox.push(frames[0]!);
  await nextTick();
  expect(writes).toEqual([frames[0]!.bytes]);
  frames.forEach((frame) => outbox.push(frame));
  await nextTick();
  expect(writes).toHaveLength(2);
  expect(writes[1]).toEqual(Buffer.concat(frames.map(({ bytes }) => bytes)));
});

test('shares one buffer between sockets with the same frames, and mixes up none', async () => {
  const others = createOutbox();
  const third = createOutbox();
  const [a, b, c] = ['a', 'b', 'c'].map((text) => buildTextFrame(text)) as [never, never, never];
  for (const one of [outbox, others]) {
    one.push(a);
    one.push(b);
  }
  third.push(a);
  third.push(c);
  await nextTick();
  expect(writes[0]).toBe(writes[1]);
  expect(writes[2]!.toString()).toContain('c');
  expect(writes[1]!.toString()).not.toContain('c');
});

test('drops barrage messages of a slow reader first, then closes it, with a bounded buffer', async () => {
  reads = false;
  const frame = buildTextFrame('x'.repeat(8000));
  const lossy = buildTextFrame('x', true);
  for (let pushed = 0; pushed < socketLimits.maxBytesBeforeLoss * 3; pushed += frame.bytes.length) {
    outbox.push(frame);
    await nextTick();
  }
  outbox.push(lossy);
  expect([dropped, overflowed]).toEqual([1, 0]);
  const written = writes.length;
  for (let pushed = 0; pushed < 3 * socketLimits.maxBufferedBytes; pushed += frame.bytes.length) {
    outbox.push(frame);
  }
  await nextTick();
  expect(overflowed).toBe(1);
  expect(writes).toHaveLength(written);
});

test('delivers all frames in order to a reader that continues', async () => {
  reads = false;
  const frames = Array.from({ length: 100 }, (_, n) => buildTextFrame(`${n} ${'x'.repeat(2000)}`));
  for (const frame of frames) {
    outbox.push(frame);
    await nextTick();
  }
  reads = true;
  finish.forEach((done) => done());
  await nextTick();
  await nextTick();
  expect(Buffer.concat(writes)).toEqual(Buffer.concat(frames.map(({ bytes }) => bytes)));
});
