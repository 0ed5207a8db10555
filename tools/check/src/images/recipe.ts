import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the Dockerfile says of every image. */
export interface Recipe {
  /** Debian packages of the root file system. */
  packages: string[];
  env: Record<string, string>;
  workDir: string;
  uid: number;
  gid: number;
  command: string[];
}

/**
 * Reads the parts of the Dockerfile that are not scripts, so that a change of it changes what is checked.
 *
 * @throws if an instruction is missing
 */
export function readRecipe(rootDir: string): Recipe {
  const instructions = readFileSync(join(rootDir, 'deploy/docker/Dockerfile'), 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const runtime = instructions.slice(instructions.findIndex((line) => line.endsWith(' AS runtime')));
  const argumentsOf = (instruction: string): string => {
    const line = runtime.find((each) => each.startsWith(`${instruction} `));
    if (line === undefined) {
      throw new Error(`the stage "runtime" of the Dockerfile has no ${instruction}`);
    }
    return line.slice(instruction.length + 1);
  };
  const packages = /rootfs\.sh \/rootfs (.+)$/m.exec(instructions.join('\n'))?.[1];
  if (packages === undefined) {
    throw new Error('the Dockerfile does not run rootfs.sh');
  }
  const [uid, gid] = argumentsOf('USER').split(':').map(Number);
  return {
    packages: packages.split(' '),
    env: Object.fromEntries(
      argumentsOf('ENV')
        .trim()
        .split(/\s+/)
        .map((pair) => pair.split('=') as [string, string]),
    ),
    workDir: argumentsOf('WORKDIR'),
    uid: uid!,
    gid: gid!,
    command: JSON.parse(argumentsOf('CMD')) as string[],
  };
}
