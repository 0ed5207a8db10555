import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Effect, Timeline } from './timeline.js';

const effects = fc.array(
  fc
    .record({
      fromMs: fc.integer({ max: 40, min: 0 }),
      lasts: fc.integer({ max: 20, min: 0 }),
      device: fc.nat(3),
    })
    .map(({ fromMs, lasts, device }): Effect => ({ fromMs, untilMs: fromMs + lasts, device })),
  { maxLength: 12 },
);

test('returns what a linear search over all effects returns', () => {
  fc.assert(
    fc.property(effects, fc.nat(50), fc.option(fc.nat(3), { nil: undefined }), (given, momentMs, except) => {
      const timeline = new Timeline();
      given.forEach((effect) => timeline.add(effect));
      const counted = given.filter(({ device }) => device !== except);
      const before = counted.filter(({ fromMs, untilMs }) => fromMs < momentMs && untilMs > momentMs);
      const after = counted.filter(({ fromMs }) => fromMs >= momentMs);
      expect(timeline.firstAfter(momentMs, except)).toBe(
        before.length > 0 ? momentMs : Math.min(Infinity, ...after.map(({ fromMs }) => fromMs)),
      );
      expect(timeline.doneAfter(momentMs, except)).toBe(
        Math.min(Infinity, ...after.map(({ untilMs }) => untilMs)),
      );
    }),
  );
});
