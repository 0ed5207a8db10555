// Packs the client libraries as they are published. Usage, in the root of the repository: pack.mjs FOLDER
// Prints the path of each tarball in FOLDER.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2]);
for (const library of ['client', 'zego', 'react']) {
  // Only the paths are written to the standard output.
  const stdio = ['ignore', process.stderr, 'inherit'];
  execFileSync(process.execPath, ['tools/pack/stage.mjs', `libs/${library}`], { stdio });
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder, '--loglevel', 'error'], {
      cwd: join('libs', library, 'package'),
      encoding: 'utf8',
    }),
  );
  process.stdout.write(`${join(folder, filename)}\n`);
}
