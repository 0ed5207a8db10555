import { AddressRange } from '@polyroom/addresses';
import { type Environment, loadConfig, milliseconds, serviceFields, textFor } from '@polyroom/config';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  /**
   * Networks and addresses, separated by commas, that endpoints may have although they are private: `10.1.0.0/16`. By
   * default private, loopback and link-local addresses are refused.
   */
  POLYROOM_WEBHOOK_ALLOWED_NETWORKS: textFor(parseNetworks).default(''),
  /** How long an endpoint may take to answer. */
  POLYROOM_WEBHOOK_TIMEOUT_MS: milliseconds.default(10_000),
  /** How long an event is retried. */
  POLYROOM_WEBHOOK_RETRY_FOR_MS: milliseconds.default(86_400_000),
  /** An endpoint that has failed for this long is disabled. */
  POLYROOM_WEBHOOK_DISABLE_AFTER_MS: milliseconds.default(3 * 86_400_000),
});
export type WebhooksConfig = z.output<typeof schema>;

export function loadWebhooksConfig(env?: Environment): WebhooksConfig {
  return loadConfig(schema, env);
}

/** Throws if an entry is neither an address nor a network. */
export function parseNetworks(text: string): string[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  const wrong = entries.find((entry) => AddressRange.parse(entry) === undefined);
  if (wrong !== undefined) {
    throw new Error(`${wrong} is neither an address nor a network such as 10.1.0.0/16`);
  }
  return entries;
}
