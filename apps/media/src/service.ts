import { type ServiceDefinition } from '@polyroom/nest-service';
import { addressDependency } from './addresses/find-addresses.js';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

export const mediaService: ServiceDefinition = {
  name: 'media',
  async start(start) {
    const config = loadMediaConfig(start.env);
    const { logger, ...opened } = await start.open({ ...config, logFields: { nodeId: config.nodeId } });
    const [addresses, bus] = await Promise.all([
      start.reach(addressDependency(config.addresses)),
      start.reachBus(config),
    ]);
    return startMedia(config, addresses, bus, logger, opened);
  },
};
