import { setFlagsFromString } from 'node:v8';
import { Bus } from '@polyroom/bus';
import { createLogger } from '@polyroom/observability';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

// Sockets that come and go leave buffers and objects behind that have grown old. V8 would let several times the
// heap that is in use gather before it collects them; a quarter is enough, and costs little where few come.
setFlagsFromString('--heap-growing-percent=25');

const given = loadGatewayConfig();
// A process that starts again under its name is another one: the sessions of the one before are gone, and its
// heartbeat must not keep them.
const config = { ...given, gatewayId: `${given.gatewayId}-${process.pid}-${Date.now().toString(36)}` };
const logger = createLogger('gateway', config.logLevel).child({ gatewayId: config.gatewayId });
const bus = await Bus.connect({ url: config.natsUrl, name: 'gateway', logger });
await startGateway(config, bus, logger);
