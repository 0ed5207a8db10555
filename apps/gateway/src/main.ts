import { Bus } from '@polyroom/bus';
import { createLogger } from '@polyroom/observability';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

const config = loadGatewayConfig();
const logger = createLogger('gateway', config.logLevel).child({ gatewayId: config.gatewayId });
const bus = await Bus.connect({ url: config.natsUrl, name: 'gateway', logger });
await startGateway(config, bus, logger);
