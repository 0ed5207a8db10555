import { withoutCredentials } from '@polyroom/config';
import { busDependency, runProcess, runService } from '@polyroom/nest-service';
import { isRefusedByRedis, RoomStore, toStoreError } from '@polyroom/room-store';
import { loadRoomConfig } from './config.js';
import { RoomModule } from './room.module.js';

await runProcess('room', async (start) => {
  const config = loadRoomConfig();
  const options = {
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    logLevel: config.POLYROOM_LOG_LEVEL,
  };
  const { logger, server } = await start.open(options);
  const [store, bus] = await Promise.all([
    start.reach({
      check: 'redis',
      name: 'Redis',
      address: withoutCredentials(config.POLYROOM_REDIS_URL),
      connect: () =>
        RoomStore.connect({
          url: config.POLYROOM_REDIS_URL,
          prefix: config.POLYROOM_REDIS_PREFIX,
          fastIo: config.POLYROOM_FAST_IO,
          onError: (error) => logger.error({ err: error }, 'Redis'),
        }),
      isFatal: isRefusedByRedis,
    }),
    start.reach(
      busDependency({
        url: config.POLYROOM_NATS_URL,
        name: 'room',
        logger,
        fastIo: config.POLYROOM_FAST_IO,
        nameError: toStoreError,
      }),
    ),
  ]);
  return runService({
    ...options,
    name: 'room',
    module: RoomModule.register(config, bus, store),
    bus,
    logger,
    server,
    closeLast: () => store.close(),
  });
});
