import { describe, expect, test } from '@jest/globals';
import {
  appSecretsRpc,
  authRpc,
  mediaRpc,
  messagingRpc,
  recordingRpc,
  roomAdminRpc,
  roomRpc,
} from '../index.js';
import { AppError } from './app-error.js';
import { errorRegistry, findErrorName } from './registry.js';

describe('the registry', () => {
  test('has no duplicate code', () => {
    const codes = Object.values(errorRegistry).map((spec) => spec.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('has ZEGO codes in their ranges and our codes above them', () => {
    for (const [name, { code }] of Object.entries(errorRegistry)) {
      const family = Math.floor(code / 1000);
      expect({
        name,
        known: [1000, 1001, 1002, 1003, 1004, 1009, 1100, 1103, 1190].includes(family),
      }).toEqual({
        name,
        known: true,
      });
    }
  });

  test('contains every error named by a contract', () => {
    const groups = [authRpc, appSecretsRpc, roomRpc, roomAdminRpc, messagingRpc, mediaRpc, recordingRpc];
    const contracts = groups.flatMap((group) => Object.values<unknown>(group));
    const named = contracts.flatMap((contract) =>
      typeof contract === 'object' && contract !== null && 'errors' in contract
        ? (contract.errors as string[])
        : [],
    );
    expect(named.length).toBeGreaterThan(20);
    named.forEach((name) => expect(errorRegistry).toHaveProperty(name));
  });
});

describe('an error on the wire', () => {
  test('keeps its code, message, details and correlation ID', () => {
    const error = new AppError('ROOM_EXCEED_MAXIMUM_MEMBER', {
      details: { limit: 5 },
      correlationId: 'co_1',
    });
    const restored = AppError.fromWire(JSON.parse(JSON.stringify(error.toWire())));
    expect(restored).toMatchObject({
      errorName: 'ROOM_EXCEED_MAXIMUM_MEMBER',
      code: 1002034,
      details: { limit: 5 },
      correlationId: 'co_1',
      retryable: false,
    });
    expect(restored.message).toBe(error.message);
  });

  test('becomes an internal error that names the code if this build does not know it', () => {
    const restored = AppError.fromWire({ code: 42, name: 'LATER', message: 'x', retryable: false });
    expect(restored).toMatchObject({ code: 1002099, details: { unknownCode: 42 } });
  });

  test('carries no stack', () => {
    expect(
      JSON.stringify(new AppError('ROOM_INNER_ERROR', { cause: new Error('secret') }).toWire()),
    ).not.toMatch(/secret|\.ts/);
  });

  test('finds names by code', () => {
    expect(findErrorName(1002036)).toBe('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN');
    expect(findErrorName(1)).toBeUndefined();
  });
});
