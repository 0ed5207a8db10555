import { busDependency, runProcess, runService } from '@polyroom/nest-service';
import { allowCrossOrigin } from './cross-origin.js';
import { loadInteropConfig } from './interop.config.js';
import { InteropModule } from './interop.module.js';
import { acceptSdp } from './sdp-bodies.js';

await runProcess('interop', async (start) => {
  const config = loadInteropConfig();
  const { logger, server } = await start.open({ ...config, logFields: { gatewayId: config.gatewayId } });
  const bus = await start.reach(busDependency({ url: config.natsUrl, name: 'interop', logger }));
  return runService({
    name: 'interop',
    module: InteropModule.register(config),
    bus,
    logger,
    server,
    nodeId: config.gatewayId,
    httpHost: config.httpHost,
    httpPort: config.httpPort,
    trustProxy: (address) => config.trustedProxies.has(address),
    configure: (app) => {
      acceptSdp(app);
      allowCrossOrigin(app);
    },
  });
});
