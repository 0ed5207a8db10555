import { expect, test } from '@jest/globals';
import { RestModule } from '../rest.module.js';
import { auditedKey } from './audited.decorator.js';

test('every route that changes something is audited', () => {
  const controllers = Reflect.getMetadata('controllers', RestModule) as { prototype: object }[];
  const uncovered = controllers.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).filter((name) => {
      const handler = (prototype as Record<string, object>)[name]!;
      const httpMethod = Reflect.getMetadata('method', handler) as number | undefined;
      // 0 = GET.
      return (httpMethod ?? 0) !== 0 && Reflect.getMetadata(auditedKey, handler) === undefined;
    }),
  );
  expect(uncovered).toEqual([]);
});
