import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { EventLog, isAfter } from '@polyroom/bus';
import {
  AppError,
  type AppEvent,
  type Delivery,
  type ParsedRequestOf,
  type ReplyOf,
  type SendableWebhook,
  webhooksRpc,
} from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { EventSender } from '../send/event-sender.js';
import { Deliveries } from './deliveries.js';
import { DeliveryLog } from './delivery-log.js';
import { toDelivery } from './endpoint-sender.js';
import { stateKey } from './endpoint-state.js';
import { EndpointStates } from './endpoint-states.js';

const { listDeliveries, replayWebhook, retryDelivery, testWebhook } = webhooksRpc;

/** Tests, retries, replays and the list of deliveries. Any instance answers. */
@Controller()
export class DeliveriesHandler {
  constructor(
    private readonly directory: EndpointDirectory,
    private readonly states: EndpointStates,
    private readonly deliveries: Deliveries,
    private readonly deliveryLog: DeliveryLog,
    private readonly log: EventLog,
    private readonly sender: EventSender,
  ) {}

  @RpcHandler(testWebhook)
  async test({
    appId,
    endpointId,
  }: ParsedRequestOf<typeof testWebhook>): Promise<ReplyOf<typeof testWebhook>> {
    const webhook = await this.find(appId, endpointId);
    const delivery = await this.sendNow(webhook, testEvent(webhook));
    return { delivery };
  }

  @RpcHandler(retryDelivery)
  async retry({
    appId,
    endpointId,
    cursor,
  }: ParsedRequestOf<typeof retryDelivery>): Promise<ReplyOf<typeof retryDelivery>> {
    const webhook = await this.find(appId, endpointId);
    const event = await this.log.findEvent(appId, cursor);
    if (event === undefined) {
      throw new AppError('WEBHOOK_EVENT_NOT_FOUND', { details: { cursor } });
    }
    const delivery = await this.sendNow(webhook, event);
    await this.deliveryLog.add(appId, endpointId, [delivery]);
    return { delivery };
  }

  @RpcHandler(replayWebhook)
  async replay({
    appId,
    endpointId,
    after,
    fromMs,
  }: ParsedRequestOf<typeof replayWebhook>): Promise<ReplyOf<typeof replayWebhook>> {
    const webhook = await this.find(appId, endpointId);
    if (after !== undefined) {
      await this.assertInLog(appId, after);
    }
    const cursor = after ?? (await this.log.findTime(appId, fromMs!));
    await this.deliveries.replay(webhook, cursor);
    return { cursor };
  }

  @RpcHandler(listDeliveries)
  async list({
    appId,
    endpointId,
    outcome,
    limit,
  }: ParsedRequestOf<typeof listDeliveries>): Promise<ReplyOf<typeof listDeliveries>> {
    await this.find(appId, endpointId);
    const [entry, deliveries] = await Promise.all([
      this.states.read(stateKey(appId, endpointId)),
      this.deliveryLog.list(appId, endpointId, { outcome, limit }),
    ]);
    const { cursor = '0-0', waiting = {}, failingSinceMs, nextAtMs } = entry?.value ?? {};
    const isPaused = (entry?.value.failures ?? 0) > 0 && nextAtMs !== undefined;
    return {
      state: {
        cursor,
        waiting: Object.keys(waiting).length,
        ...(failingSinceMs === undefined ? {} : { failingSinceMs }),
        ...(isPaused ? { nextAttemptAtMs: nextAtMs } : {}),
      },
      deliveries,
    };
  }

  private async find(appId: number, endpointId: string): Promise<SendableWebhook> {
    const webhook = await this.directory.findFresh(appId, endpointId);
    if (webhook === undefined) {
      throw new AppError('WEBHOOK_NOT_FOUND');
    }
    return webhook;
  }

  /** After the end of the log, events would be skipped until the log gets there. */
  private async assertInLog(appId: number, after: string): Promise<void> {
    const end = (await this.log.findEnd(appId)) ?? '0-0';
    if (isAfter(after, end)) {
      throw new AppError('COMMON_ILLEGAL_PARAM', {
        message: `after: is later than the end of the log, ${end}.`,
        details: { path: 'after' },
      });
    }
  }

  private async sendNow(webhook: SendableWebhook, event: AppEvent): Promise<Delivery> {
    const atMs = Date.now();
    const result = (await this.sender.send(webhook, event)) ?? {
      ok: false,
      error: 'the format of the endpoint has nothing for this event',
      durationMs: 0,
    };
    return {
      ...toDelivery(event, 1, atMs, result, result.ok ? 'delivered' : 'failed'),
      manual: true,
    };
  }
}

/** Of a type that the format has. */
function testEvent({ appId, format }: SendableWebhook): AppEvent {
  const id = randomBytes(8).toString('hex');
  const event = { id: `evt_test_${id}`, cursor: '0-0', appId, atMs: Date.now(), epoch: 'test', seq: 1 };
  return format === 'zego'
    ? { ...event, type: 'room.opened', roomId: 'test', data: { roomEpoch: '0' } }
    : { ...event, type: 'webhook.test', data: {} };
}
