import { expect, test } from '@jest/globals';
import { readZegoRequest } from './zego-request.js';

const common = {
  ...{ AppId: '1', Action: 'KickoutUser', SignatureNonce: 'n', Timestamp: '1' },
  ...{ Signature: 's', SignatureVersion: '2.0' },
};

test.each([
  [{ UserId: 'a' }, 'a'],
  [{ 'UserId[]': ['a', 'b'] }, ['a', 'b']],
  [{ 'UserId[1]': 'b', 'UserId[0]': 'a' }, ['a', 'b']],
  [{ 'UserId[10]': 'c', 'UserId[2]': 'b', 'UserId[0]': 'a' }, ['a', 'b', 'c']],
])('reads the list %j', (params, list) => {
  expect(readZegoRequest({ ...common, ...params }, undefined).params['UserId']).toEqual(list);
  expect(readZegoRequest(common, params).params['UserId']).toEqual(list);
});
