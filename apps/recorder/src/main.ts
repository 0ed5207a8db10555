import { runProcess } from '@polyroom/nest-service';
import { recorderService } from './service.js';

await runProcess(recorderService);
