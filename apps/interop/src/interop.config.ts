import { loadConfig } from '@polyroom/config';
import { newId } from '@polyroom/contracts';
import { type EdgeConfig, edgeFields, readEdgeConfig } from '@polyroom/session';
import { z } from 'zod';

/** Reads the environment. Session records name this process like a gateway, because it holds sessions. */
export function loadInteropConfig(env?: Record<string, string | undefined>): EdgeConfig {
  return { ...readEdgeConfig(loadConfig(z.object(edgeFields), env), newId('gateway')), interop: true };
}
