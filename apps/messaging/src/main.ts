import { Bus, MessageLog } from '@polyroom/bus';
import { runService } from '@polyroom/nest-service';
import { newId } from '@polyroom/contracts';
import { createLogger, runProcess } from '@polyroom/observability';
import { loadMessagingConfig } from './config.js';
import { MessagingModule } from './messaging.module.js';
import { roomLogOptions } from './room-log.js';

await runProcess('messaging', async () => {
  const config = loadMessagingConfig();
  const logger = createLogger('messaging', config.POLYROOM_LOG_LEVEL);
  const bus = await Bus.connect({ url: config.POLYROOM_NATS_URL, name: 'messaging', logger });
  const instanceId = newId('instance');
  const log = await MessageLog.open(bus, roomLogOptions);
  await runService({
    name: 'messaging',
    module: MessagingModule.register({
      ...{ bus, log, logger, instanceId },
      hooks: config.POLYROOM_SIGNED_MESSAGE_HOOKS,
    }),
    bus,
    logger,
    nodeId: instanceId,
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
  });
});
