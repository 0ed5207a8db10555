import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize, relative, resolve } from 'node:path';
import { type Manifest, manifestSchema } from './manifest.js';
import { parseYaml, readText, rootDir } from './repository.js';

export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** The output of `kubectl kustomize` for a folder. */
export function buildKustomization(folder: string): Manifest[] {
  const built = kubectl('kustomize', resolve(rootDir, folder));
  return parseYaml(built).map((document) => manifestSchema.parse(document));
}

/** The dev overlay with a component, as an overlay of an installation adds it. */
export function buildWithComponent(component: string): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'polyroom-component-'));
  const at = (path: string): string => relative(folder, join(rootDir, path));
  try {
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      JSON.stringify({
        namespace: 'polyroom',
        resources: [at('deploy/k8s/overlays/dev')],
        components: [at(component)],
      }),
    );
    return buildKustomization(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The keys of the Secret that `kubectl create secret --from-env-file` creates from a file. */
export function readSecretKeys(file: string): string[] {
  const made = kubectl(
    ...['create', 'secret', 'generic', 'polyroom-secrets', '--dry-run=client', '--output=json'],
    `--from-env-file=${join(rootDir, file)}`,
  );
  return Object.keys(manifestSchema.parse(JSON.parse(made)).data ?? {});
}

function kubectl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('kubectl', args, {
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`kubectl ${args.join(' ')} failed: ${stderr}`);
  }
  return stdout;
}

interface Kustomization {
  resources?: string[];
}

/** The manifests that a folder lists, as written in the files: without patches and generators. */
export function readSources(folder: string): Manifest[] {
  const [kustomization] = parseYaml(readText(`${folder}/kustomization.yaml`)) as [Kustomization];
  return (kustomization.resources ?? []).flatMap((resource) => {
    const path = normalize(join(folder, resource));
    return resource.endsWith('.yaml')
      ? parseYaml(readText(path)).map((document) => manifestSchema.parse(document))
      : readSources(path);
  });
}
