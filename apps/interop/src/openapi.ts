import { printOpenApi } from '@polyroom/nest-service/open-api';
import { loadInteropConfig } from './interop.config.js';
import { InteropModule } from './interop.module.js';
import { restDescription } from './rest-description.js';

await printOpenApi(InteropModule.register(loadInteropConfig({})), restDescription);
