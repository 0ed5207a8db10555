import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  const overlay = { namespace: 'polyroom', resources: ['../dev'], components: [`../../../../${component}`] };
  return buildText(JSON.stringify(overlay), 'deploy/k8s/overlays/production');
}

/** A kustomization that is not in a file, with the paths and the other files of a folder. */
export function buildText(text: string, folder: string): Manifest[] {
  const temporary = mkdtempSync(join(tmpdir(), 'polyroom-kustomization-'));
  const source = join(rootDir, folder);
  try {
    readdirSync(source)
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .forEach((name) => copyFileSync(join(source, name), join(temporary, name)));
    const relativeText = text.replaceAll(/(?<=[\s"'[])(\.\.\/)+[\w./-]*/g, (path) =>
      relative(temporary, join(source, path)),
    );
    writeFileSync(join(temporary, 'kustomization.yaml'), relativeText);
    return buildKustomization(temporary);
  } finally {
    rmSync(temporary, { recursive: true });
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
