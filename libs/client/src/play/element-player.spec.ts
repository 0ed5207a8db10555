import { beforeEach, expect, test } from '@jest/globals';
import { ElementPlayer } from './element-player.js';

const page = new EventTarget();
const mediaStream = {} as MediaStream;
let events: string[];
let player: ElementPlayer;

/** A media element that refuses to play until the user has interacted with the page. */
class FakeElement {
  srcObject: unknown = null;
  autoplay = false;
  error: string | undefined = 'NotAllowedError';

  async play(): Promise<void> {
    if (this.error !== undefined) {
      throw Object.assign(new Error('no'), { name: this.error });
    }
  }
}

beforeEach(() => {
  events = [];
  player = new ElementPlayer({
    page,
    onBlocked: (streamId) => events.push(`blocked ${streamId}`),
    onUnblocked: (streamId) => events.push(`unblocked ${streamId}`),
  });
});

const show = (element: FakeElement): void => {
  player.show('cam', mediaStream, element as unknown as HTMLMediaElement);
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('reports a blocked stream once, and plays it with the next gesture', async () => {
  const elements = [new FakeElement(), new FakeElement()];
  elements.forEach(show);
  await settle();
  expect(events).toEqual(['blocked cam']);
  page.dispatchEvent(new Event('pointerup'));
  await settle();
  expect(events).toHaveLength(1);
  elements.forEach((element) => (element.error = undefined));
  page.dispatchEvent(new Event('keydown'));
  await settle();
  expect(events.slice(1)).toEqual(['unblocked cam']);
  page.dispatchEvent(new Event('keydown'));
  await settle();
  expect(events).toHaveLength(2);
});

test('does not report an element whose source the application replaces', async () => {
  const element = new FakeElement();
  element.error = 'AbortError';
  show(element);
  await settle();
  expect(events).toEqual([]);
});

test('removes an ended stream from its element, and forgets that it was blocked', async () => {
  const element = new FakeElement();
  show(element);
  await settle();
  player.clear(mediaStream, element as unknown as HTMLMediaElement);
  expect(element.srcObject).toBeNull();
  element.error = undefined;
  page.dispatchEvent(new Event('pointerup'));
  await settle();
  expect(events).toEqual(['blocked cam']);
});
