import { Injectable } from '@nestjs/common';
import { type AppEvent, type SendableWebhook } from '@polyroom/contracts';
import { type SignedRequest, toStandardRequest } from './format-standard.js';
import { toZegoRequest } from './format-zego.js';
import { HttpSender, type SendResult } from './http-sender.js';

/** Sends one event in the format of its endpoint. */
@Injectable()
export class EventSender {
  constructor(private readonly http: HttpSender) {}

  /** Undefined if the format has no request for the event. Never throws. */
  async send(webhook: SendableWebhook, event: AppEvent): Promise<SendResult | undefined> {
    let request: SignedRequest | undefined;
    try {
      request = toRequest(webhook, event);
    } catch {
      // Without the cause, which may quote the secret.
      return { ok: false, error: 'the request cannot be signed: replace the secret', durationMs: 0 };
    }
    return request === undefined ? undefined : this.http.send(webhook.url, request);
  }
}

function toRequest({ format, secrets }: SendableWebhook, event: AppEvent): SignedRequest | undefined {
  const at = new Date();
  return format === 'zego' ? toZegoRequest(event, secrets[0]!, at) : toStandardRequest(event, secrets, at);
}
