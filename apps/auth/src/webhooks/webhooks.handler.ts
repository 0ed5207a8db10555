import { randomBytes } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import {
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  webhooksChanged,
  webhooksRpc,
} from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { webhookSecretFor } from './webhook-secret.js';

const {
  createWebhook,
  deleteWebhook,
  disableEndpoint,
  listWebhooks,
  readEndpoints,
  rotateWebhookSecret,
  updateWebhook,
} = webhooksRpc;
/** In the audit, where the sender disables an endpoint. */
const senderActor = 'service:webhooks';

/** Endpoints of webhooks. */
@Controller()
export class WebhooksHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The reply is the only place where the secret is shown. */
  @RpcHandler(createWebhook)
  async create(
    @Payload() { secret: given, ...request }: ParsedRequestOf<typeof createWebhook>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof createWebhook>> {
    const secret = webhookSecretFor(request.format, given);
    const endpointId = `wh_${randomBytes(8).toString('hex')}`;
    const { maxEndpoints } = webhooksRpc;
    const webhook = await this.database.webhooks.create({
      ...request,
      endpointId,
      secret,
      maxEndpoints,
      actor,
    });
    this.announce(request.appId, { actor, endpointId }, 'webhook created');
    return { webhook, secret };
  }

  @RpcHandler(listWebhooks)
  async list({ appId }: ParsedRequestOf<typeof listWebhooks>): Promise<ReplyOf<typeof listWebhooks>> {
    return { webhooks: await this.database.webhooks.list(appId) };
  }

  @RpcHandler(updateWebhook)
  async update(
    @Payload()
    {
      appId,
      endpointId,
      address,
      requestId,
      secret: given,
      ...settings
    }: ParsedRequestOf<typeof updateWebhook>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof updateWebhook>> {
    const change = { appId, endpointId, address, requestId, actor };
    const { format } = settings;
    const secret = given !== undefined && format !== undefined ? webhookSecretFor(format, given) : given;
    const webhook = await this.database.webhooks.update(change, withoutUndefined(settings), secret);
    this.announce(appId, { actor, endpointId }, 'webhook changed');
    return { webhook };
  }

  @RpcHandler(deleteWebhook)
  async delete(
    @Payload() request: ParsedRequestOf<typeof deleteWebhook>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof deleteWebhook>> {
    await this.database.webhooks.delete({ ...request, actor });
    this.announce(request.appId, { actor, endpointId: request.endpointId }, 'webhook deleted');
    return {};
  }

  /** The reply is the only place where the secret is shown. */
  @RpcHandler(rotateWebhookSecret)
  async rotate(
    @Payload()
    { overlapSeconds, secret: given, ...request }: ParsedRequestOf<typeof rotateWebhookSecret>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof rotateWebhookSecret>> {
    const { appId, endpointId } = request;
    const { format } = await this.find(appId, endpointId);
    const secret = webhookSecretFor(format, given);
    const formerUntilMs = Date.now() + overlapSeconds * 1000;
    const webhook = await this.database.webhooks.rotateSecret({ ...request, actor }, secret, formerUntilMs);
    this.announce(appId, { actor, endpointId }, 'webhook secret rotated');
    return { webhook, secret };
  }

  @RpcHandler(readEndpoints)
  read(request: ParsedRequestOf<typeof readEndpoints>): Promise<ReplyOf<typeof readEndpoints>> {
    return this.database.webhooks.readSendable(request);
  }

  @RpcHandler(disableEndpoint)
  async disable({
    appId,
    endpointId,
    failingSinceMs,
    enabledAtMs,
  }: ParsedRequestOf<typeof disableEndpoint>): Promise<ReplyOf<typeof disableEndpoint>> {
    const change = { appId, endpointId, actor: senderActor };
    const disabled = await this.database.webhooks.disableFailing(change, { failingSinceMs, enabledAtMs });
    if (disabled) {
      this.announce(appId, { endpointId, failingSinceMs }, 'webhook disabled: it has failed for days');
    }
    return { disabled };
  }

  private async find(appId: number, endpointId: string) {
    const webhooks = await this.database.webhooks.list(appId);
    return webhooks.find((webhook) => webhook.endpointId === endpointId) ?? notFound();
  }

  /** After the commit: a sender that reads because of the event must find the change. */
  private announce(appId: number, fields: object, event: string): void {
    this.bus.publish(webhooksChanged, {}, { appId });
    this.logger.info({ appId, ...fields }, event);
  }
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function notFound(): never {
  throw new AppError('WEBHOOK_NOT_FOUND');
}
