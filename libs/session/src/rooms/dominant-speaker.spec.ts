import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DominantSpeaker } from './dominant-speaker.js';

let nowMs: number;
let told: (string | undefined)[];
let speaker: DominantSpeaker;

beforeEach(() => {
  nowMs = 1000;
  told = [];
  speaker = new DominantSpeaker(
    (who) => told.push(who?.userId),
    () => nowMs,
  );
});
afterEach(() => speaker.close());

function hear(userId: string, volume: number): void {
  speaker.hear({ streamId: `stream-of-${userId}`, userId, volume });
}

/** Twice a second, as media nodes say it. */
function speak(seconds: number, volumes: Record<string, number>): void {
  for (let half = 0; half < seconds * 2; half++) {
    for (const [userId, volume] of Object.entries(volumes)) {
      hear(userId, volume);
    }
    nowMs += 500;
    speaker.check();
  }
}

test('who begins has the word, and keeps it beside somebody as loud', () => {
  speak(2, { ann: -30 });
  speak(3, { ann: -30, bob: -27 });
  expect(told).toEqual(['ann']);
});

test('who is much louder takes it, but not by one cough', () => {
  speak(1, { ann: -40 });
  hear('bob', -5);
  expect(told).toEqual(['ann']);
  nowMs += 2000;
  speak(1, { ann: -40 });
  speak(1, { ann: -40, bob: -20 });
  expect(told).toEqual(['ann', 'bob']);
});

test('after a pause whoever speaks takes it; a breath is no pause', () => {
  speak(1, { ann: -20 });
  speak(0.5, {});
  speak(0.5, { bob: -30 });
  expect(told).toEqual(['ann']);
  speak(2, { bob: -30 });
  expect(told).toEqual(['ann', 'bob']);
});

test('when nobody has been heard for a while nobody has it', () => {
  speak(1, { ann: -20 });
  speak(4, {});
  expect(told).toEqual(['ann', undefined]);
  speak(1, { ann: -20 });
  expect(told).toEqual(['ann', undefined, 'ann']);
});

test('a long speech is told again for those who came meanwhile', () => {
  speak(11, { ann: -20 });
  expect(told).toEqual(['ann', 'ann', 'ann']);
});
