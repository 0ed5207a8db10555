import { readServiceSettings, readTlsFiles, withoutCredentials } from '@polyroom/config';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { showCertificates } from '@polyroom/observability';
import { isRefusedByRedis, RoomStore, toStoreError } from '@polyroom/room-store';
import { loadRoomConfig } from './config.js';
import { RoomModule } from './room.module.js';

export const roomService: ServiceDefinition = {
  name: 'room',
  async start(start) {
    const config = loadRoomConfig(start.env);
    const settings = readServiceSettings(config);
    const redisTls = readTlsFiles('REDIS', config);
    showCertificates('redis', redisTls);
    const { logger } = await start.open(settings);
    const [store, bus] = await Promise.all([
      start.reach({
        check: 'redis',
        name: 'Redis',
        address: withoutCredentials(config.POLYROOM_REDIS_URL),
        connect: () =>
          RoomStore.connect({
            url: config.POLYROOM_REDIS_URL,
            prefix: config.POLYROOM_REDIS_PREFIX,
            tls: redisTls,
            fastIo: settings.fastIo,
            onError: (error) => logger.error({ err: error }, 'Redis'),
          }),
        caSetting: 'POLYROOM_REDIS_CA_FILE',
        isFatal: isRefusedByRedis,
      }),
      start.reachBus(settings, { nameError: toStoreError }),
    ]);
    return start.run({
      module: RoomModule.register(config, bus, store),
      bus,
      closeLast: () => store.close(),
    });
  },
};
