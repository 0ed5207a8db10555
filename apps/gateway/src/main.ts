import { setFlagsFromString } from 'node:v8';
import { runProcess } from '@polyroom/nest-service';
import { gatewayService } from './service.js';

// Short-lived sockets leave buffers and objects in the old generation. By default V8 lets the heap grow to
// several times its live size before it collects them; half of the live size is enough, and costs little with
// few connections.
setFlagsFromString('--heap-growing-percent=50');
// The heap of a gateway is small: marking it in one pause takes some ms. Concurrent marking competes for the
// same cores and slows requests for much longer, and just when there are most of them.
setFlagsFromString('--no-concurrent-marking');

await runProcess(gatewayService);
