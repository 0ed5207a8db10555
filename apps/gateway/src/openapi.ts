import { printOpenApi } from '@polyroom/nest-service/open-api';
import { restDescription } from '@polyroom/rest';
import { loadGatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';

await printOpenApi(GatewayModule.register(loadGatewayConfig({})), restDescription);
