import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DominantSpeaker } from './dominant-speaker.js';

let nowMs: number;
let reported: (string | undefined)[];
let speaker: DominantSpeaker;

beforeEach(() => {
  nowMs = 1000;
  reported = [];
  speaker = new DominantSpeaker(
    (who) => reported.push(who?.userId),
    () => nowMs,
  );
});
afterEach(() => speaker.close());

function report(userId: string, volume: number): void {
  speaker.add({ streamId: `stream-of-${userId}`, userId, volume });
}

/** Reports levels twice a second, as media nodes do. */
function speak(seconds: number, volumes: Record<string, number>): void {
  for (let half = 0; half < seconds * 2; half++) {
    for (const [userId, volume] of Object.entries(volumes)) {
      report(userId, volume);
    }
    nowMs += 500;
    speaker.check();
  }
}

test('keeps the first speaker while another one is equally loud', () => {
  speak(2, { ann: -30 });
  speak(3, { ann: -30, bob: -27 });
  expect(reported).toEqual(['ann']);
});

test('switches to a much louder speaker, but not after a single report', () => {
  speak(1, { ann: -40 });
  report('bob', -5);
  expect(reported).toEqual(['ann']);
  nowMs += 2000;
  speak(1, { ann: -40 });
  speak(1, { ann: -40, bob: -20 });
  expect(reported).toEqual(['ann', 'bob']);
});

test('switches to any speaker after a pause, but not after a breath', () => {
  speak(1, { ann: -20 });
  speak(0.5, {});
  speak(0.5, { bob: -30 });
  expect(reported).toEqual(['ann']);
  speak(2, { bob: -30 });
  expect(reported).toEqual(['ann', 'bob']);
});

test('reports no speaker after a period of silence', () => {
  speak(1, { ann: -20 });
  speak(4, {});
  expect(reported).toEqual(['ann', undefined]);
  speak(1, { ann: -20 });
  expect(reported).toEqual(['ann', undefined, 'ann']);
});

test('repeats a long-lasting speaker for late joiners', () => {
  speak(11, { ann: -20 });
  expect(reported).toEqual(['ann', 'ann', 'ann']);
});
