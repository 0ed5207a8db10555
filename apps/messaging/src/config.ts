import { loadConfig, serviceFields } from '@polyroom/config';
import { z } from 'zod';

const schema = z.object({ ...serviceFields });
export type MessagingConfig = z.output<typeof schema>;

export function loadMessagingConfig(): MessagingConfig {
  return loadConfig(schema);
}
