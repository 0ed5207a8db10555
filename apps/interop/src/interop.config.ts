import { loadConfig } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { type EdgeConfig, edgeFields, readEdgeConfig } from '@polyroom/session';
import { z } from 'zod';

/** Reads the environment. The session records name this process like a gateway: it holds sessions as one does. */
export function loadInteropConfig(env?: Record<string, string | undefined>): EdgeConfig {
  return readEdgeConfig(loadConfig(z.object(edgeFields), env), newId('gateway'));
}
