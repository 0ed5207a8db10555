import { setFlagsFromString } from 'node:v8';
import { runProcess } from '@polyroom/nest-service';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

// Sockets that come and go leave buffers and objects behind that have grown old. V8 would let several times the
// heap that is in use gather before it collects them; half of it is enough, and costs little where few come.
setFlagsFromString('--heap-growing-percent=50');
// The heap of a gateway is small: marked in one go it takes some ms. Marked beside the work, by threads that wait
// for the same cores, it slows the work for much longer, and just when there is most of it.
setFlagsFromString('--no-concurrent-marking');

await runProcess('gateway', async (start) => {
  const given = loadGatewayConfig();
  // A restarted process is a new gateway: the sessions of the previous one have ended, and this heartbeat must not
  // keep them alive.
  const config = { ...given, gatewayId: `${given.gatewayId}-${process.pid}-${Date.now().toString(36)}` };
  const { logger, server } = await start.open({ ...config, logFields: { gatewayId: config.gatewayId } });
  const bus = await start.reachBus(config);
  return startGateway(config, bus, logger, server);
});
