import { runProcess } from '@polyroom/nest-service';
import { roomService } from './service.js';

await runProcess(roomService);
