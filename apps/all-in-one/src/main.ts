import { setSourceMapsSupport } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// As in a gateway process (apps/gateway).
setFlagsFromString('--heap-growing-percent=50');
setFlagsFromString('--no-concurrent-marking');
// In place of --enable-source-maps, which also keeps the maps of external packages in memory: 25 MiB.
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });

// Both apply to code that is loaded later.
const { runAll } = await import('./run-all.js');
await runAll();
