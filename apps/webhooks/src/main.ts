import { runProcess } from '@polyroom/nest-service';
import { webhooksService } from './service.js';

await runProcess(webhooksService);
