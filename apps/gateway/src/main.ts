import { setFlagsFromString } from 'node:v8';
import { runProcess } from '@polyroom/nest-service';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

// Short-lived sockets leave buffers and objects in the old generation. By default V8 lets the heap grow to
// several times its live size before it collects them; half of the live size is enough, and costs little with
// few connections.
setFlagsFromString('--heap-growing-percent=50');
// The heap of a gateway is small: marking it in one pause takes some ms. Concurrent marking competes for the
// same cores and slows requests for much longer, and just when there are most of them.
setFlagsFromString('--no-concurrent-marking');

await runProcess('gateway', async (start) => {
  const given = loadGatewayConfig();
  // A restarted process is a new gateway: the sessions of the previous one have ended, and this heartbeat must not
  // keep them alive.
  const config = { ...given, gatewayId: `${given.gatewayId}-${process.pid}-${Date.now().toString(36)}` };
  const { logger, server, monitor } = await start.open({
    ...config,
    logFields: { gatewayId: config.gatewayId },
  });
  const bus = await start.reachBus(config);
  return startGateway(config, bus, logger, { server, monitor });
});
