import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  type EntitlementName,
  entitlementsChanged,
  type ParsedRequestOf,
  type ReplyOf,
} from '@polyroom/contracts';
import {
  entitlementList,
  entitlementNames,
  evaluateEntitlements,
  parseEntitlementName,
  parseEntitlementValue,
} from '@polyroom/entitlements';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { AppRules } from '../rules/app-rules.js';

/** The entitlements of an AppID: read by the services, changed by admins. */
@Controller()
export class EntitlementsHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AppRules) private readonly rules: AppRules,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Never cached here: callers cache, and read again when a change is published, so that they would keep a
   * response older than the change. Only while the database is unavailable, the last response is used.
   */
  @RpcHandler(authRpc.getEntitlements)
  async get({
    appId,
  }: ParsedRequestOf<typeof authRpc.getEntitlements>): Promise<ReplyOf<typeof authRpc.getEntitlements>> {
    const found = await this.rules.entitlements.get(appId);
    if (found === undefined) {
      throw new AppError('ENGINE_APPID_INCORRECT_OR_NOT_ONLINE');
    }
    if (!found.enabled) {
      throw new AppError('COMMON_APP_OFFLINE');
    }
    return { entitlements: evaluateEntitlements(found.rows), version: found.version };
  }

  @RpcHandler(authRpc.listEntitlements)
  async list({
    appId,
  }: ParsedRequestOf<typeof authRpc.listEntitlements>): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    const found = await this.database.entitlements.find(appId);
    if (found === undefined) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    const values = evaluateEntitlements(found.rows);
    const overridden = new Set(found.rows.map((row) => row.name));
    return {
      entitlements: entitlementNames.map((name) => ({
        name,
        value: values[name],
        overridden: overridden.has(name),
      })),
    };
  }

  @RpcHandler(authRpc.setEntitlement)
  async set(
    @Payload() request: ParsedRequestOf<typeof authRpc.setEntitlement>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    const { appId, address, requestId } = request;
    const change =
      request.value === null
        ? { name: parseEntitlementName(request.name), value: null }
        : parseEntitlementValue(request.name, request.value);
    const version = await this.database.entitlements.set({ actor, address, requestId, appId, ...change });
    // After the commit: a service that reads because of the event must find the new value.
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.logger.info(
      { actor, appId, name: change.name, value: change.value, version },
      'entitlement changed',
    );
    return {
      entitlement: {
        name: change.name,
        value: change.value ?? defaultOf(change.name),
        overridden: change.value !== null,
      },
    };
  }
}

function defaultOf(name: EntitlementName): boolean | number | string {
  return entitlementList[name].default;
}
