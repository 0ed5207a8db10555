import { type Environment, loadConfig, serviceFields, usageInterval } from '@polyroom/config';
import { z } from 'zod';
import { hooksSchema } from './hooks/hooks.js';

const schema = z.object({
  ...serviceFields,
  POLYROOM_USAGE_INTERVAL_MS: usageInterval,
  /** App servers that moderate or receive messages, by AppID, as JSON. Holds their secrets. */
  POLYROOM_SIGNED_MESSAGE_HOOKS: z.string().default('{}').transform(readJson).pipe(hooksSchema),
});
export type MessagingConfig = z.output<typeof schema>;

export function loadMessagingConfig(env?: Environment): MessagingConfig {
  return loadConfig(schema, env);
}

function readJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' });
    return z.NEVER;
  }
}
