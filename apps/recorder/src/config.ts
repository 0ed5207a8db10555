import { type Environment, loadConfig, serviceFields } from '@polyroom/config';
import { z } from 'zod';

const schema = z.object(serviceFields);
export type RecorderConfig = z.output<typeof schema>;

export function loadRecorderConfig(env?: Environment): RecorderConfig {
  return loadConfig(schema, env);
}
