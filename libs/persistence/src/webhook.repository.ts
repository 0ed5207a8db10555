import { AppError, type SendableWebhook, type Webhook, type WebhookFormat } from '@polyroom/contracts';
import { appendAudit, type AuditOrigin } from './audit/append-audit.js';
import { type PrismaClient, type WebhookEndpoint } from './generated/client.js';
import { type SecretKeys } from './secret-keys.js';

type Settings = Pick<Webhook, 'url' | 'format' | 'types' | 'roomIds' | 'description' | 'enabled'>;

export interface NewWebhook extends AuditOrigin, Settings {
  appId: number;
  endpointId: string;
  secret: string;
  /** Greatest number of endpoints of the AppID. */
  maxEndpoints: number;
}

export interface WebhookChange extends AuditOrigin {
  appId: number;
  endpointId: string;
}

const pageSize = 100;

/** Endpoints of webhooks, with their sealed secrets. Each change writes its audit row in the same transaction. */
export class WebhookRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly keys: SecretKeys,
  ) {}

  /** Throws ADMIN_APP_NOT_FOUND, and WEBHOOK_LIMIT_REACHED. */
  async create(webhook: NewWebhook): Promise<Webhook> {
    const { appId: id, endpointId, secret, maxEndpoints, actor, address, requestId, ...settings } = webhook;
    const appId = BigInt(id);
    return this.prisma.$transaction(async (tx) => {
      // Locks the AppID: the count and the insertion are one step.
      const apps = await tx.$queryRaw<unknown[]>`SELECT 1 FROM apps WHERE app_id = ${appId} FOR UPDATE`;
      if (apps.length === 0) {
        throw new AppError('ADMIN_APP_NOT_FOUND');
      }
      if ((await tx.webhookEndpoint.count({ where: { appId } })) >= maxEndpoints) {
        throw new AppError('WEBHOOK_LIMIT_REACHED', { details: { maxEndpoints } });
      }
      const row = await tx.webhookEndpoint.create({
        data: {
          appId,
          endpointId,
          ...settings,
          ...(settings.enabled ? {} : { disabledReason: 'operator', disabledAt: new Date() }),
          sealed: this.seal(id, endpointId, secret),
        },
      });
      await appendAudit(tx, {
        ...{ actor, address, requestId, action: 'webhook.create', appId: id, subject: endpointId },
        after: settings,
      });
      return toWebhook(row);
    });
  }

  /** Oldest first. Throws ADMIN_APP_NOT_FOUND. */
  async list(appId: number): Promise<Webhook[]> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: { webhooks: { orderBy: [{ createdAt: 'asc' }, { endpointId: 'asc' }] } },
    });
    if (app === null) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return app.webhooks.map(toWebhook);
  }

  /** `secret` is that of another format. Throws WEBHOOK_NOT_FOUND, and COMMON_ILLEGAL_PARAM. */
  async update(change: WebhookChange, settings: Partial<Settings>, secret?: string): Promise<Webhook> {
    return this.change(change, 'webhook.update', (row) => {
      assertSecretOfFormat(row, settings.format, secret);
      const sealed = secret === undefined ? {} : this.newSecret(change, secret);
      const isSwitched = settings.enabled !== undefined && settings.enabled !== row.enabled;
      const disabled =
        settings.enabled === false ? { disabledReason: 'operator', disabledAt: new Date() } : {};
      const enabled =
        settings.enabled === true ? { disabledReason: null, disabledAt: null, enabledAt: new Date() } : {};
      const before = toWebhook(row);
      return {
        data: { ...settings, ...sealed, ...(isSwitched ? { ...disabled, ...enabled } : {}) },
        before: Object.fromEntries(Object.keys(settings).map((key) => [key, before[key as keyof Settings]])),
        after: settings,
      };
    });
  }

  /** Replaces the secret; the former one signs until `formerUntilMs`. Throws WEBHOOK_NOT_FOUND. */
  async rotateSecret(change: WebhookChange, secret: string, formerUntilMs: number): Promise<Webhook> {
    return this.change(change, 'webhook.rotateSecret', (row) => ({
      data: {
        sealed: this.seal(change.appId, change.endpointId, secret),
        formerSealed: row.sealed,
        formerUntil: new Date(formerUntilMs),
      },
      after: { oldSecretValidUntilMs: formerUntilMs },
    }));
  }

  /**
   * Disables an endpoint that fails. False if it or its AppID is not enabled or was enabled again since, or if it does
   * not exist any more.
   */
  async disableFailing(
    change: WebhookChange,
    { failingSinceMs, enabledAtMs }: { failingSinceMs: number; enabledAtMs: number | undefined },
  ): Promise<boolean> {
    let disabled = false;
    await this.change(change, 'webhook.disable', (row) => {
      disabled = row.enabled && row.app.enabled && row.enabledAt?.getTime() === enabledAtMs;
      return disabled
        ? {
            data: { enabled: false, disabledReason: 'failing', disabledAt: new Date() },
            before: { enabled: true },
            after: { enabled: false, reason: 'failing', failingSinceMs },
          }
        : undefined;
    }).catch((error: unknown) => {
      if (!AppError.is(error, 'WEBHOOK_NOT_FOUND')) {
        throw error;
      }
    });
    return disabled;
  }

  /** Throws WEBHOOK_NOT_FOUND. */
  async delete({ appId: id, endpointId, ...origin }: WebhookChange): Promise<void> {
    const appId = BigInt(id);
    await this.prisma.$transaction(async (tx) => {
      const row = await tx.webhookEndpoint.findFirst({ where: { appId, endpointId } });
      const { count } = await tx.webhookEndpoint.deleteMany({ where: { appId, endpointId } });
      if (row === null || count === 0) {
        throw new AppError('WEBHOOK_NOT_FOUND');
      }
      await appendAudit(tx, {
        ...{ ...origin, action: 'webhook.delete', appId: id, subject: endpointId },
        before: { url: row.url },
      });
    });
  }

  /**
   * Endpoints with their secrets, for the sender, in the order of their IDs. Those of a disabled AppID are included and not
   * enabled: the sender deletes the state of an endpoint that is missing.
   */
  async readSendable(options: {
    appId?: number | undefined;
    after?: string | undefined;
  }): Promise<{ webhooks: SendableWebhook[]; next?: string }> {
    const { appId, after } = options;
    const rows = await this.prisma.webhookEndpoint.findMany({
      where: {
        ...(appId === undefined ? {} : { appId: BigInt(appId) }),
        ...(after === undefined ? {} : { endpointId: { gt: after } }),
      },
      include: { app: { select: { enabled: true } } },
      orderBy: { endpointId: 'asc' },
      take: pageSize,
    });
    const webhooks = rows.map((row) => ({
      ...toWebhook(row),
      enabled: row.enabled && row.app.enabled,
      ...(row.enabledAt === null ? {} : { enabledAtMs: row.enabledAt.getTime() }),
      appId: Number(row.appId),
      secrets: [row.sealed, ...(isFormerValid(row) ? [row.formerSealed!] : [])].map((sealed) =>
        this.keys.open(placeOf(Number(row.appId), row.endpointId), sealed),
      ),
    }));
    return rows.length < pageSize ? { webhooks } : { webhooks, next: rows.at(-1)!.endpointId };
  }

  /** Encrypts every secret with the first key. */
  async reEncrypt(): Promise<{ changed: number; total: number }> {
    const rows = await this.prisma.webhookEndpoint.findMany({
      select: { appId: true, endpointId: true, sealed: true, formerSealed: true },
    });
    let changed = 0;
    for (const { appId, endpointId, sealed, formerSealed } of rows) {
      const stored = formerSealed === null ? [sealed] : [sealed, formerSealed];
      if (stored.every((value) => this.keys.isCurrent(value))) {
        continue;
      }
      const place = placeOf(Number(appId), endpointId);
      const again = (value: string) => this.keys.seal(place, this.keys.open(place, value));
      const { count } = await this.prisma.webhookEndpoint.updateMany({
        where: { endpointId, sealed, formerSealed },
        data: { sealed: again(sealed), formerSealed: formerSealed === null ? null : again(formerSealed) },
      });
      changed += count;
    }
    return { changed, total: rows.length };
  }

  private seal(appId: number, endpointId: string, secret: string): string {
    return this.keys.seal(placeOf(appId, endpointId), secret);
  }

  /** Without the former one. */
  private newSecret({ appId, endpointId }: WebhookChange, secret: string) {
    return { sealed: this.seal(appId, endpointId, secret), formerSealed: null, formerUntil: null };
  }

  /** Changes nothing if `toChange` returns undefined. */
  private async change(
    { appId: id, endpointId, ...origin }: WebhookChange,
    action: string,
    toChange: (row: WebhookEndpoint & { app: { enabled: boolean } }) =>
      | {
          data: Partial<Omit<WebhookEndpoint, 'appId' | 'endpointId'>>;
          before?: object;
          after: object;
        }
      | undefined,
  ): Promise<Webhook> {
    const appId = BigInt(id);
    return this.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM webhook_endpoints WHERE endpoint_id = ${endpointId} FOR UPDATE`;
      const row = await tx.webhookEndpoint.findFirst({
        where: { appId, endpointId },
        include: { app: { select: { enabled: true } } },
      });
      if (row === null) {
        throw new AppError('WEBHOOK_NOT_FOUND');
      }
      const change = toChange(row);
      if (change === undefined) {
        return toWebhook(row);
      }
      const { data, before, after } = change;
      const changed = await tx.webhookEndpoint.update({ where: { endpointId }, data });
      await appendAudit(tx, { ...origin, action, appId: id, subject: endpointId, before, after });
      return toWebhook(changed);
    });
  }
}

function placeOf(appId: number, id: string) {
  return { kind: 'webhookSecret' as const, appId, id };
}

/** The secrets of the formats differ: another format comes with its secret, which `rotateSecret` replaces otherwise. */
function assertSecretOfFormat(
  row: WebhookEndpoint,
  format: WebhookFormat | undefined,
  secret: string | undefined,
): void {
  const isOther = format !== undefined && format !== row.format;
  if (isOther !== (secret !== undefined)) {
    const problem = isOther ? 'must be given with another format' : 'is only set with another format';
    throw new AppError('COMMON_ILLEGAL_PARAM', {
      message: `secret: ${problem}. The secret of a format is replaced with POST …/secret.`,
      details: { path: 'secret' },
    });
  }
}

function isFormerValid({ formerSealed, formerUntil }: WebhookEndpoint): boolean {
  return formerSealed !== null && formerUntil !== null && formerUntil.getTime() > Date.now();
}

function toWebhook(row: WebhookEndpoint): Webhook {
  const { endpointId, url, format, types, roomIds, description, enabled, disabledReason, disabledAt } = row;
  return {
    ...{ endpointId, url, roomIds, description, enabled },
    format: format as WebhookFormat,
    types: types as Webhook['types'],
    ...(disabledReason === null ? {} : { disabledReason: disabledReason as 'operator' | 'failing' }),
    ...(disabledAt === null ? {} : { disabledAtMs: disabledAt.getTime() }),
    createdAtMs: row.createdAt.getTime(),
    updatedAtMs: row.updatedAt.getTime(),
    ...(isFormerValid(row) ? { oldSecretValidUntilMs: row.formerUntil!.getTime() } : {}),
  };
}
