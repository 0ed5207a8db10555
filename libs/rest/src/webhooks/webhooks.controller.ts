import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { Audited, AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import {
  appPath,
  type AppPath,
  deliveryPath,
  type DeliveryPath,
  webhookPath,
  type WebhookPath,
} from '../rest-params.js';

const {
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  replayWebhook,
  retryDelivery,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} = webhooksRpc;

const target = { appId: true, endpointId: true } as const;
const createBody = createWebhook.request.omit({ appId: true, ...auditRpc.originKeys });
const updateBody = updateWebhook.request.omit({ ...target, ...auditRpc.originKeys });
const rotateBody = rotateWebhookSecret.request.omit({ ...target, ...auditRpc.originKeys });
const deliveriesQuery = listDeliveries.request.omit(target);
const replayBody = webhooksRpc.replayFrom;

const subject = ({ params }: { params: Record<string, unknown> }): string =>
  `webhook:${String(params['endpointId'])}`;

/** Endpoints that events are delivered to, and their deliveries. */
@Controller('v1/apps/:appId/webhooks')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class WebhooksController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Creates a webhook; the only reply with its secret.', createWebhook, 201)
  create(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: createBody }) body: z.output<typeof createBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof createWebhook>> {
    return this.bus.request(createWebhook, { ...origin, ...body, appId }, { statement });
  }

  @Get()
  @Requires('webhooks:read')
  @ApiRoute('Lists the webhooks of an AppID, without their secrets.', listWebhooks)
  list(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof listWebhooks>> {
    return this.bus.request(listWebhooks, { appId }, { statement });
  }

  @Patch(':endpointId')
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Changes, enables or disables a webhook.', updateWebhook)
  update(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: updateBody }) body: z.output<typeof updateBody>,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof updateWebhook>> {
    return this.bus.request(updateWebhook, { ...origin, ...body, ...webhook }, { statement });
  }

  @Delete(':endpointId')
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Deletes a webhook.', deleteWebhook)
  delete(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof deleteWebhook>> {
    return this.bus.request(deleteWebhook, { ...origin, ...webhook }, { statement });
  }

  @Post(':endpointId/secret')
  @HttpCode(200)
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Replaces the secret; the former one signs too for a time.', rotateWebhookSecret)
  rotate(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: rotateBody }) body: z.output<typeof rotateBody>,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof rotateWebhookSecret>> {
    return this.bus.request(rotateWebhookSecret, { ...origin, ...body, ...webhook }, { statement });
  }

  @Post(':endpointId/test')
  @HttpCode(200)
  @Requires('webhooks:write')
  @Audited({ action: 'webhook.test', subject })
  @ApiRoute('Sends a test event now, once.', testWebhook)
  test(
    @Statement() statement: string,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof testWebhook>> {
    return this.bus.request(testWebhook, webhook, { statement });
  }

  @Get(':endpointId/deliveries')
  @Requires('webhooks:read')
  @ApiRoute('Lists the latest attempts to deliver, the newest first.', listDeliveries)
  deliveries(
    @Statement() statement: string,
    @Query({ schema: deliveriesQuery }) query: z.output<typeof deliveriesQuery>,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof listDeliveries>> {
    return this.bus.request(listDeliveries, { ...query, ...webhook }, { statement });
  }

  @Post(':endpointId/deliveries/:cursor/retry')
  @HttpCode(200)
  @Requires('webhooks:write')
  @Audited({ action: 'webhook.retry', subject, after: ({ params }) => ({ cursor: params['cursor'] }) })
  @ApiRoute('Sends one event again, now.', retryDelivery)
  retry(
    @Statement() statement: string,
    @Param({ schema: deliveryPath }) delivery: DeliveryPath,
  ): Promise<ReplyOf<typeof retryDelivery>> {
    return this.bus.request(retryDelivery, delivery, { statement });
  }

  @Post(':endpointId/replay')
  @HttpCode(200)
  @Requires('webhooks:write')
  @Audited({ action: 'webhook.replay', subject, after: ({ reply }) => ({ cursor: reply?.['cursor'] }) })
  @ApiRoute('Delivers again everything after a position or from a time on.', replayWebhook)
  replay(
    @Statement() statement: string,
    @Body({ schema: replayBody }) body: z.output<typeof replayBody>,
    @Param({ schema: webhookPath }) webhook: WebhookPath,
  ): Promise<ReplyOf<typeof replayWebhook>> {
    return this.bus.request(replayWebhook, { ...body, ...webhook }, { statement });
  }
}
