import { withoutCredentials } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { busDependency, runProcess, runService } from '@polyroom/nest-service';
import { loadRecorderConfig } from './config.js';
import { OrderBook } from './orders/order-book.js';
import { RecorderModule } from './recorder.module.js';

await runProcess('recorder', async (start) => {
  const config = loadRecorderConfig();
  const { POLYROOM_NATS_URL: natsUrl } = config;
  const options = {
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    logLevel: config.POLYROOM_LOG_LEVEL,
  };
  const { logger, server } = await start.open(options);
  const bus = await start.reach(
    busDependency({ url: natsUrl, name: 'recorder', logger, fastIo: config.POLYROOM_FAST_IO }),
  );
  // NATS answers before its JetStream does.
  const book = await start.reach({
    check: 'jetStream',
    name: 'JetStream',
    address: withoutCredentials(natsUrl),
    connect: () => OrderBook.open(bus, logger),
  });
  const instanceId = newId('instance');
  return runService({
    ...options,
    name: 'recorder',
    module: RecorderModule.register({ bus, book, instanceId }),
    bus,
    logger,
    server,
    nodeId: instanceId,
  });
});
