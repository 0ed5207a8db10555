import { runProcess } from '@polyroom/nest-service';
import { interopService } from './service.js';

await runProcess(interopService);
