import { readServiceSettings } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { loadWebhooksConfig, parseNetworks } from './config.js';
import { DeliveryLog } from './deliver/delivery-log.js';
import { EndpointStates } from './deliver/endpoint-states.js';
import { WebhooksModule } from './webhooks.module.js';

export const webhooksService: ServiceDefinition = {
  name: 'webhooks',
  async start(start) {
    const config = loadWebhooksConfig(start.env);
    const settings = readServiceSettings(config);
    const { logger } = await start.open(settings);
    const bus = await start.reachBus(settings);
    const [states, deliveryLog] = await start.reachJetStream(settings, () =>
      Promise.all([EndpointStates.open(bus, logger), DeliveryLog.open(bus)]),
    );
    const instanceId = newId('instance');
    return start.run({
      module: WebhooksModule.register({
        bus,
        states,
        deliveryLog,
        instanceId,
        send: {
          timeoutMs: config.POLYROOM_WEBHOOK_TIMEOUT_MS,
          allowedNetworks: parseNetworks(config.POLYROOM_WEBHOOK_ALLOWED_NETWORKS),
        },
        retryForMs: config.POLYROOM_WEBHOOK_RETRY_FOR_MS,
        disableAfterMs: config.POLYROOM_WEBHOOK_DISABLE_AFTER_MS,
      }),
      bus,
    });
  },
};
