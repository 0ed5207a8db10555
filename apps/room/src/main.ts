import { Bus } from '@polyroom/bus';
import { runService } from '@polyroom/nest-service';
import { createLogger, runProcess } from '@polyroom/observability';
import { RoomStore, toStoreError } from '@polyroom/room-store';
import { loadRoomConfig } from './config.js';
import { RoomModule } from './room.module.js';

await runProcess('room', async () => {
  const config = loadRoomConfig();
  const logger = createLogger('room', config.POLYROOM_LOG_LEVEL);
  const store = await RoomStore.connect({
    url: config.POLYROOM_REDIS_URL,
    prefix: config.POLYROOM_REDIS_PREFIX,
    onError: (error) => logger.error({ err: error }, 'Redis'),
  });
  const bus = await Bus.connect({
    url: config.POLYROOM_NATS_URL,
    name: 'room',
    logger,
    nameError: toStoreError,
  });
  await runService({
    name: 'room',
    module: RoomModule.register(config, bus, store),
    bus,
    logger,
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    closeLast: () => store.close(),
  });
});
