import { readServiceSettings } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { loadRecorderConfig } from './config.js';
import { OrderBook } from './orders/order-book.js';
import { RecorderModule } from './recorder.module.js';

export const recorderService: ServiceDefinition = {
  name: 'recorder',
  async start(start) {
    const settings = readServiceSettings(loadRecorderConfig(start.env));
    const { logger } = await start.open(settings);
    const bus = await start.reachBus(settings);
    const book = await start.reachJetStream(settings, () => OrderBook.open(bus, logger));
    const instanceId = newId('instance');
    return start.run({
      module: RecorderModule.register({ bus, book, instanceId }),
      bus,
      nodeId: instanceId,
    });
  },
};
