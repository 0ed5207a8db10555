import { loadConfig, serviceFields } from '@polyroom/config';
import { z } from 'zod';

const schema = z.object(serviceFields);
export type RecorderConfig = z.output<typeof schema>;

export function loadRecorderConfig(): RecorderConfig {
  return loadConfig(schema);
}
