import { ConfigError } from '@polyroom/config';
import { runProcess } from '@polyroom/nest-service';
import { addressDependency } from './addresses/find-addresses.js';
import { writeNodeAddress } from './addresses/node-address.js';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

const [command, path] = process.argv.slice(2);

await runProcess('media', async (start) => {
  if (command !== undefined) {
    await runCommand(command, path);
    process.exit(0);
  }
  const config = loadMediaConfig();
  const { logger, server } = await start.open({ ...config, logFields: { nodeId: config.nodeId } });
  const [addresses, bus] = await Promise.all([
    start.reach(addressDependency(config.addresses)),
    start.reachBus(config),
  ]);
  return startMedia(config, addresses, bus, logger, server);
});

async function runCommand(name: string, argument: string | undefined): Promise<void> {
  if (name !== 'node-address') {
    throw new ConfigError('the only command is node-address');
  }
  await writeNodeAddress(argument);
}
