import { type AppEvent } from '@polyroom/contracts';
import { Webhook } from 'standardwebhooks';

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

/** A request of Standard Webhooks, signed with each secret. */
export function toStandardRequest(event: AppEvent, secrets: readonly string[], at: Date): SignedRequest {
  const body = JSON.stringify({
    type: event.type,
    timestamp: new Date(event.atMs).toISOString(),
    data: event,
  });
  return {
    headers: {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(event.id, at, body)).join(' '),
    },
    body,
  };
}
