import { Bus } from '@polyroom/bus';
import { createLogger, runProcess } from '@polyroom/observability';
import { loadMediaConfig } from './media.config.js';
import { startMedia } from './start-media.js';

await runProcess('media', async () => {
  const config = loadMediaConfig();
  const logger = createLogger('media', config.logLevel).child({ nodeId: config.nodeId });
  const bus = await Bus.connect({ url: config.natsUrl, name: 'media', logger });
  await startMedia(config, bus, logger);
});
