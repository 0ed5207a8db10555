import { expect, test } from '@jest/globals';
import { readBindingResponse } from './stun.js';

/** RFC 5769, 2.2 and 2.3: responses with SOFTWARE, XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT. */
const transactionId = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');
const ipv4Response = Buffer.from(
  `0101003c 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220
   00200008 0001a147e112a643 00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96`.replace(
    /\s/g,
    '',
  ),
  'hex',
);
const ipv6Response = Buffer.from(
  `01010048 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220
   00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
   80280004 c8fb0b4c`.replace(/\s/g, ''),
  'hex',
);

test('reads the test vectors of RFC 5769', () => {
  expect(readBindingResponse(ipv4Response, transactionId)).toBe('192.0.2.1');
  expect(readBindingResponse(ipv6Response, transactionId)).toBe('2001:db8:1234:5678:11:2233:4455:6677');
});

test('ignores what is no response to its request', () => {
  expect(readBindingResponse(ipv4Response, Buffer.alloc(12))).toBeUndefined();
  // The address ends at byte 48.
  for (let length = 0; length < 48; length += 1) {
    expect(readBindingResponse(ipv4Response.subarray(0, length), transactionId)).toBeUndefined();
  }
  const request = Buffer.from(ipv4Response);
  request.writeUInt16BE(0x0001, 0);
  expect(readBindingResponse(request, transactionId)).toBeUndefined();
});
