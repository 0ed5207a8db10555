import { type AppEvent } from '@polyroom/contracts';
import { Webhook } from 'standardwebhooks';

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

/** Headers of Standard Webhooks, with one signature for each secret. */
export function signStandard(id: string, body: string, secrets: readonly string[], at: Date): SignedRequest {
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
    body,
  };
}

export function toStandardRequest(event: AppEvent, secrets: readonly string[], at: Date): SignedRequest {
  const body = JSON.stringify({
    type: event.type,
    timestamp: new Date(event.atMs).toISOString(),
    data: event,
  });
  return signStandard(event.id, body, secrets, at);
}
