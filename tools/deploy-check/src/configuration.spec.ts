import { expect, test } from '@jest/globals';
import { findVariables, listConfigurationVariables, readText } from './repository.js';

test('docs/configuration.md describes exactly the variables that the services read', () => {
  const described = [...readText('docs/configuration.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(
    (match) => match[1]!,
  );
  expect([...described].sort()).toEqual(listConfigurationVariables());
});

test('the pages name no variable that does not exist', () => {
  const known = new Set(listConfigurationVariables());
  for (const page of [
    'README.md',
    'docs/operations.md',
    'docs/architecture.md',
    'deploy/docker/env.example',
  ]) {
    expect({ page, unknown: findVariables(readText(page)).filter((name) => !known.has(name)) }).toEqual({
      page,
      unknown: [],
    });
  }
});
