import { readServiceSettings } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { loadMessagingConfig } from './config.js';
import { MessageLog } from './log/message-log.js';
import { roomLogOptions } from './log/room-log-options.js';
import { MessagingModule } from './messaging.module.js';

export const messagingService: ServiceDefinition = {
  name: 'messaging',
  async start(start) {
    const config = loadMessagingConfig(start.env);
    const settings = readServiceSettings(config);
    await start.open(settings);
    const bus = await start.reachBus(settings);
    const log = await start.reachJetStream(settings, () => MessageLog.open(bus, roomLogOptions));
    const instanceId = newId('instance');
    const hooks = config.POLYROOM_SIGNED_MESSAGE_HOOKS;
    return start.run({
      module: MessagingModule.register({
        ...{ bus, log, hooks, instanceId },
        usageIntervalMs: config.POLYROOM_USAGE_INTERVAL_MS,
      }),
      bus,
      nodeId: instanceId,
    });
  },
};
