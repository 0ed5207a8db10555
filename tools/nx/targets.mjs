// Gives every workspace the same targets, so that a new one needs no configuration. nx.json has their
// dependencies, inputs and caching.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const run = 'bash tools/setup/exec.sh';
// The compiler of builds and checks. ESLint and other tools import the package `typescript`, whose API it lacks.
const tsc = 'node node_modules/typescript7/bin/tsc';

function targetsOf(project, isBundled) {
  const bundle = isBundled ? ` && ${run} node tools/pack/service.mjs ${project}` : '';
  const report = `${project}/test-report.json`;
  return {
    build: {
      command: `${run} ${tsc} --project ${project}/tsconfig.json${bundle}`,
      outputs: ['{projectRoot}/dist'],
    },
    // The targets `types`, `style` and `format` of package.json check the same of all workspaces in one process each.
    typecheck: { command: `${run} node tools/nx/typecheck.mjs ${project} && ${run} oxlint ${project}` },
    lint: {
      command: `${run} eslint --max-warnings 0 ${project} && ${run} prettier --log-level warn --check '${project}/**/*.{ts,tsx,mts,mjs,css,html}'`,
    },
    test: {
      command: `${run} jest --passWithNoTests --roots ${project} --json --outputFile ${report}`,
      // Five projects are tested side by side; one that is tested alone, or among the last ones, asks for more.
      options: { args: '--maxWorkers=1' },
      outputs: ['{projectRoot}/test-report.json'],
    },
  };
}

/** The services, and the launcher of npm start. */
function isBundled(workspaceRoot, project) {
  return (
    project === 'tools/dev' ||
    (project.startsWith('apps/') && existsSync(join(workspaceRoot, project, 'src/main.ts')))
  );
}

export const createNodesV2 = [
  '{apps,libs,tools}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files
      .map((file) => [file, dirname(file)])
      .filter(([, project]) => existsSync(join(workspaceRoot, project, 'tsconfig.json')))
      .map(([file, project]) => [
        file,
        { projects: { [project]: { targets: targetsOf(project, isBundled(workspaceRoot, project)) } } },
      ]),
];
