import { spawnSync } from 'node:child_process';
import { join, normalize } from 'node:path';
import { type Manifest, manifestSchema } from './manifest.js';
import { parseYaml, readText, rootDir } from './repository.js';

export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** What `kubectl kustomize` makes of a folder. */
export function buildKustomization(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(rootDir, folder)], {
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`kubectl kustomize ${folder} failed: ${stderr}`);
  }
  return parseYaml(stdout).map((document) => manifestSchema.parse(document));
}

interface Kustomization {
  resources?: string[];
}

/** The manifests that a folder names, as they stand in the files: without patches and generators. */
export function readSources(folder: string): Manifest[] {
  const [kustomization] = parseYaml(readText(`${folder}/kustomization.yaml`)) as [Kustomization];
  return (kustomization.resources ?? []).flatMap((resource) => {
    const path = normalize(join(folder, resource));
    return resource.endsWith('.yaml')
      ? parseYaml(readText(path)).map((document) => manifestSchema.parse(document))
      : readSources(path);
  });
}
