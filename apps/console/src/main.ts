import { runProcess } from '@polyroom/nest-service';
import { consoleService } from './service.js';

await runProcess(consoleService);
