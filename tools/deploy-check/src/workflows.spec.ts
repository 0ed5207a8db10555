import { describe, expect, test } from '@jest/globals';
import { listServices, parseYaml, readText } from './repository.js';

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

describe('the workflow release', () => {
  interface Job {
    permissions: Record<string, string>;
    strategy: { matrix: { include?: { cpu: string }[]; service?: string[] } };
    steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
  }
  const [{ jobs }] = parseYaml(readText('.github/workflows/release.yml')) as [
    { jobs: { build: Job; publish: Job } },
  ];
  const commandsOf = ({ steps }: Job): string => steps.map(({ run = '' }) => run).join('\n');

  test('builds every image for both processors, with an SBOM and its provenance', () => {
    const [, list] = /service = \[(.*)\]/.exec(readText('deploy/docker/docker-bake.hcl'))!;
    expect([...list!.matchAll(/"(\w+)"/g)].map(([, service]) => service)).toEqual(listServices());
    expect(jobs.build.strategy.matrix.include!.map(({ cpu }) => cpu)).toEqual(['amd64', 'arm64']);
    expect(commandsOf(jobs.build)).toContain('--file deploy/docker/docker-bake.hcl');
    expect(commandsOf(jobs.build)).toContain('--sbom=true --provenance=mode=max --push');
  });

  test('gives the images of both processors one name, and signs its provenance', () => {
    expect(jobs.publish.strategy.matrix.service).toEqual(listServices());
    expect(commandsOf(jobs.publish)).toContain('"$IMAGE:$TAG-amd64" "$IMAGE:$TAG-arm64"');
    expect(jobs.publish.steps.at(-1)!.uses).toMatch(/^actions\/attest-build-provenance@/);
    expect(jobs.publish.permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' });
  });
});
