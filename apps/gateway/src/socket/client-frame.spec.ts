import { expect, test } from '@jest/globals';
import { clientFrameMaxBytes } from '@polyroom/contracts';
import fc from 'fast-check';
import { parseClientFrame } from './client-frame.js';

const parse = (value: unknown) => parseClientFrame(Buffer.from(JSON.stringify(value)), false);

function refusal(data: Buffer, isBinary = false) {
  const frame = parseClientFrame(data, isBinary);
  return frame.ok ? undefined : { id: frame.id, name: frame.error.errorName };
}

test('reads a request', () => {
  expect(parse({ id: 7, method: 'room.logout', params: {} })).toEqual({
    ok: true,
    request: { id: 7, method: 'room.logout', params: {} },
  });
});

test.each([
  ['no JSON', Buffer.from('{'), false],
  ['binary', Buffer.from('{"id":1,"method":"x","params":{}}'), true],
  ['nothing', Buffer.alloc(0), false],
  ['an array', Buffer.from('[]'), false],
  ['null', Buffer.from('null'), false],
  ['too deep', Buffer.from(`{"id":1,"method":"x","params":${'['.repeat(40)}${']'.repeat(40)}}`), false],
])('treats %s as malformed, without an ID', (_name, data, isBinary) => {
  expect(refusal(data, isBinary)).toEqual({ id: null, name: 'PROTOCOL_MALFORMED_FRAME' });
});

test('answers an invalid envelope with its ID if that is readable', () => {
  expect(refusal(Buffer.from('{"id":3,"method":5}'))).toEqual({ id: 3, name: 'PROTOCOL_MALFORMED_FRAME' });
  expect(refusal(Buffer.from('{"id":3,"method":"x","params":{},"more":1}'))?.id).toBe(3);
  expect(refusal(Buffer.from('{"id":-3,"method":"x","params":{}}'))?.id).toBeNull();
  expect(refusal(Buffer.from('{"id":"3","method":"x","params":{}}'))?.id).toBeNull();
});

test('refuses a frame of one byte too many', () => {
  const exact = Buffer.from(`{"id":1,"method":"x","params":"${'a'.repeat(clientFrameMaxBytes - 33)}"}`);
  expect(exact.length).toBe(clientFrameMaxBytes);
  expect(refusal(exact)).toBeUndefined();
  expect(refusal(Buffer.concat([exact, Buffer.from(' ')]))).toEqual({
    id: null,
    name: 'PROTOCOL_FRAME_TOO_LARGE',
  });
});

test('never throws, for any input', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusal(Buffer.from(bytes))));
  fc.assert(fc.property(fc.json(), (text) => void refusal(Buffer.from(text))));
});
