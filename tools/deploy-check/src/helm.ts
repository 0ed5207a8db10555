import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Manifest, manifestSchema } from './manifest.js';
import { parseYaml, rootDir } from './repository.js';

export const hasHelm = spawnSync('helm', ['version']).status === 0;

const chart = join(rootDir, 'deploy', 'helm');
/** The oldest supported one; without it, Helm takes the one that it was built with. */
const kubeVersion = ['--kube-version', '1.30.0'];

/** What the chart renders; `args` as for `helm template`, with paths in its folder. Throws what Helm refuses. */
export function renderChart(...args: string[]): Manifest[] {
  const rendered = helm('template', 'polyroom', '.', '--namespace', 'polyroom', ...kubeVersion, ...args);
  return parseYaml(rendered).map((document) => manifestSchema.parse(document));
}

/** Throws what Helm complains of. */
export function lintChart(...args: string[]): void {
  helm('lint', '.', '--strict', '--quiet', ...kubeVersion, ...args);
}

function helm(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('helm', args, {
    cwd: chart,
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`helm ${args.join(' ')} failed: ${stderr}${stdout}`);
  }
  return stdout;
}
