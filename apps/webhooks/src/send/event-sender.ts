import { Injectable } from '@nestjs/common';
import { type AppEvent, type SendableWebhook } from '@polyroom/contracts';
import { toStandardRequest } from './format-standard.js';
import { toZegoRequest } from './format-zego.js';
import { HttpSender, type SendResult } from './http-sender.js';

/** Sends one event in the format of its endpoint. */
@Injectable()
export class EventSender {
  constructor(private readonly http: HttpSender) {}

  /** Undefined if the format has no request for the event. Never throws. */
  async send(webhook: SendableWebhook, event: AppEvent): Promise<SendResult | undefined> {
    const { url, format, secrets } = webhook;
    const at = new Date();
    const request =
      format === 'zego' ? toZegoRequest(event, secrets[0]!, at) : toStandardRequest(event, secrets, at);
    return request === undefined ? undefined : this.http.send(url, request);
  }
}
