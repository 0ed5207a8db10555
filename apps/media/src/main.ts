import { runProcess } from '@polyroom/nest-service';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

await runProcess('media', async (start) => {
  const config = loadMediaConfig();
  const { logger, server } = await start.open({ ...config, logFields: { nodeId: config.nodeId } });
  const bus = await start.reachBus(config);
  return startMedia(config, bus, logger, server);
});
