import { expect, test } from '@jest/globals';
import { RestModule } from '../rest.module.js';
import { auditedKey } from './audited.decorator.js';

interface Controller {
  name: string;
  prototype: Record<string, object>;
}

const controllersOf = (module: object): Controller[] => [
  ...((Reflect.getMetadata('controllers', module) ?? []) as Controller[]),
  ...((Reflect.getMetadata('imports', module) ?? []) as object[]).flatMap(controllersOf),
];

test('every route that changes something is audited', () => {
  const changes = controllersOf(RestModule).flatMap(({ name, prototype }) =>
    Object.getOwnPropertyNames(prototype)
      // 0 = GET.
      .filter((method) => ((Reflect.getMetadata('method', prototype[method]!) ?? 0) as number) !== 0)
      .map((method) => ({
        route: `${name}.${method}`,
        act: Reflect.getMetadata(auditedKey, prototype[method]!) as unknown,
      })),
  );
  expect(changes.length).toBeGreaterThan(30);
  expect(changes.filter(({ act }) => act === undefined)).toEqual([]);
});
