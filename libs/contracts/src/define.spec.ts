import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventSubject, nodeSubject, subjectToken } from './define.js';
import { entitlementsChanged, roomFact } from './events/facts.js';
import { produce } from './rpc/media.rpc.js';

test('encodes any text as one unique subject token', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      expect(subjectToken(left)).toMatch(/^=?[0-9A-Za-z_-]*$/);
      // Lone surrogates are not UTF-8; no ID may contain one.
      fc.pre(left.isWellFormed() && right.isWellFormed());
      expect(subjectToken(left) === subjectToken(right)).toBe(left === right);
    }),
  );
});

test('puts the variable parts into a subject in order, with a wildcard for an omitted part', () => {
  expect(eventSubject(roomFact, { appId: 1, roomId: 'room1' })).toBe('room.fact.1.room1');
  expect(eventSubject(roomFact, { appId: 1 })).toBe('room.fact.1.*');
  expect(eventSubject(roomFact, { appId: 1, roomId: 'a.*.>' })).toBe('room.fact.1.=612e2a2e3e');
  expect(eventSubject(entitlementsChanged, {})).toBe('event.auth.entitlementsChanged');
  expect(nodeSubject(produce, 'nd_1')).toBe('node.nd_1.media.produce');
});
