import { runProcess } from '@polyroom/nest-service';
import { messagingService } from './service.js';

await runProcess(messagingService);
