import { ConfigError } from '@polyroom/config';
import { runProcess } from '@polyroom/nest-service';
import { writeNodeAddress } from './addresses/node-address.js';
import { mediaService } from './service.js';

const [command, path] = process.argv.slice(2);

await runProcess(
  command === undefined ? mediaService : { name: 'media', start: () => runCommand(command, path) },
);

async function runCommand(name: string, argument: string | undefined): Promise<never> {
  if (name !== 'node-address') {
    throw new ConfigError('the only command is node-address');
  }
  await writeNodeAddress(argument);
  process.exit(0);
}
