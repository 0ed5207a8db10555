import { withoutCredentials } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { busDependency, runProcess, runService } from '@polyroom/nest-service';
import { loadMessagingConfig } from './config.js';
import { MessageLog } from './log/message-log.js';
import { roomLogOptions } from './log/room-log-options.js';
import { MessagingModule } from './messaging.module.js';

await runProcess('messaging', async (start) => {
  const config = loadMessagingConfig();
  const { POLYROOM_NATS_URL: natsUrl } = config;
  const options = {
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    logLevel: config.POLYROOM_LOG_LEVEL,
  };
  const { logger, server } = await start.open(options);
  const bus = await start.reach(
    busDependency({ url: natsUrl, name: 'messaging', logger, fastIo: config.POLYROOM_FAST_IO }),
  );
  // NATS accepts connections before JetStream is ready.
  const log = await start.reach({
    check: 'jetStream',
    name: 'JetStream',
    address: withoutCredentials(natsUrl),
    connect: () => MessageLog.open(bus, roomLogOptions),
  });
  const instanceId = newId('instance');
  return runService({
    ...options,
    name: 'messaging',
    module: MessagingModule.register({
      ...{ bus, log, instanceId },
      hooks: config.POLYROOM_SIGNED_MESSAGE_HOOKS,
    }),
    bus,
    logger,
    server,
    nodeId: instanceId,
  });
});
