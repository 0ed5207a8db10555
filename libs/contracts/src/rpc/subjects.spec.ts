import { expect, test } from '@jest/globals';
import * as contracts from '../index.js';

/** The requests of all modules of contracts, `kind service.method`. */
function namesOf(group: object): string[] {
  const found = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    const { kind } = value as { kind?: unknown };
    if (kind === 'rpc' || kind === 'nodeRpc') {
      found.add(value);
    } else if (Symbol.toStringTag in value) {
      Object.values(value).forEach(visit);
    }
  };
  Object.values(group).forEach(visit);
  return [...found].map((each) => {
    const { kind, method, service } = each as { kind: string; method: string; service: string };
    return `${kind} ${service}.${method}`;
  });
}

test('no two requests have the same subject', () => {
  const names = namesOf(contracts);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
