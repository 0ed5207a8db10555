import { runProcess } from '@polyroom/nest-service';
import { addressDependency } from './addresses/find-addresses.js';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

await runProcess('media', async (start) => {
  const config = loadMediaConfig();
  const { logger, server } = await start.open({ ...config, logFields: { nodeId: config.nodeId } });
  const [addresses, bus] = await Promise.all([
    start.reach(addressDependency(config.addresses)),
    start.reachBus(config),
  ]);
  return startMedia(config, addresses, bus, logger, server);
});
