import { expect, test } from '@jest/globals';
import { Admission } from './admission.js';

const limits = {
  maxSockets: 5,
  maxSocketsPerAddress: 3,
  maxUnauthenticatedSockets: 4,
  maxUnauthenticatedSocketsPerAddress: 2,
};

test('limits the sockets of one address, and fewer while they are unauthenticated', () => {
  const admission = new Admission(limits);
  const first = admission.admit('203.0.113.1');
  const second = admission.admit('203.0.113.1');
  expect(admission.findRefusal('203.0.113.1')).toBe('unauthenticated_address');
  expect(admission.findRefusal('203.0.113.2')).toBeUndefined();
  first.authenticate();
  first.authenticate();
  expect(admission.findRefusal('203.0.113.1')).toBeUndefined();
  admission.admit('203.0.113.1').authenticate();
  expect(admission.findRefusal('203.0.113.1')).toBe('address');
  second.leave();
  second.leave();
  expect(admission.findRefusal('203.0.113.1')).toBeUndefined();
});

test('limits the sockets of the process, and fewer while they are unauthenticated', () => {
  const admission = new Admission(limits);
  const sockets = [1, 2, 3, 4].map((host) => admission.admit(`203.0.113.${host}`));
  expect(admission.unauthenticated).toBe(4);
  expect(admission.findRefusal('203.0.113.9')).toBe('unauthenticated');
  sockets.forEach((socket) => socket.authenticate());
  expect(admission.unauthenticated).toBe(0);
  admission.admit('203.0.113.5').authenticate();
  expect(admission.findRefusal('203.0.113.9')).toBe('process');
  sockets[0]!.leave();
  expect(admission.findRefusal('203.0.113.9')).toBeUndefined();
});

test('counts a client by the /64 of its IPv6 address', () => {
  const admission = new Admission(limits);
  admission.admit('2001:db8:1:2::1');
  admission.admit('2001:db8:1:2::2');
  expect(admission.findRefusal('2001:db8:1:2::3')).toBe('unauthenticated_address');
  expect(admission.findRefusal('2001:db8:1:3::1')).toBeUndefined();
});
