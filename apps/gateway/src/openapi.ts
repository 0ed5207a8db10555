import { printOpenApi } from '@polyroom/nest-service/open-api';
import { loadGatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { restDescription } from './rest/rest-description.js';

await printOpenApi(GatewayModule.register(loadGatewayConfig({})), restDescription);
