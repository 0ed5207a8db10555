import { expect, test } from '@jest/globals';
import { parseYaml, readText } from './repository.js';

interface Workflow {
  jobs: Record<string, { env: Record<string, string>; steps: { uses?: string; run?: string }[] }>;
}

test.each([
  ['ci', 'test', 'bash .ci/run'],
  ['nightly', 'checks', 'npm run check:all'],
])('the workflow %s installs the languages of the clients, and requires them', (name, job, command) => {
  const [{ jobs }] = parseYaml(readText(`.github/workflows/${name}.yml`)) as [Workflow];
  const { env, steps } = jobs[job]!;
  expect(env['POLYROOM_REQUIRE_LANGUAGES']).toBe('1');
  const installing = steps.findIndex(({ uses }) => uses === './.github/actions/languages');
  const running = steps.findIndex(({ run }) => run === command);
  expect(installing).toBeGreaterThan(-1);
  expect(running).toBeGreaterThan(installing);
});
