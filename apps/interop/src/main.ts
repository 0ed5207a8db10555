import { runProcess } from '@polyroom/nest-service';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

await runProcess('interop', async (start) => {
  const config = loadInteropConfig();
  const { logger, server, monitor } = await start.open({
    ...config,
    logFields: { gatewayId: config.gatewayId },
  });
  const bus = await start.reachBus(config);
  return startInterop(config, bus, logger, { server, monitor });
});
