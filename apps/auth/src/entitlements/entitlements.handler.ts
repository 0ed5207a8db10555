import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  type EntitlementName,
  type Entitlements,
  entitlementsChanged,
  type ParsedRequestOf,
  type ReplyOf,
} from '@polyroom/contracts';
import {
  entitlementNames,
  evaluateEntitlements,
  evaluateUsers,
  findWarnings,
  isInForce,
  parseEntitlementName,
  parseEntitlementValue,
  parseUserEntitlementName,
  userEntitlementNames,
} from '@polyroom/entitlements';
import { Database, type EntitlementSet, type EntitlementTerms } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { AppRules } from '../rules/app-rules.js';

/** The entitlements of an AppID and of its users: read by the services, changed by operators. */
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
    const users = evaluateUsers(found.users);
    return {
      entitlements: evaluateEntitlements(found.rows),
      ...(users.length === 0 ? {} : { users }),
      version: found.version,
    };
  }

  @RpcHandler(authRpc.listEntitlements)
  async list({
    appId,
  }: ParsedRequestOf<typeof authRpc.listEntitlements>): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    const found = await this.find(appId);
    return { entitlements: entitlementNames.map((name) => toRow(name, found)), version: found.version };
  }

  @RpcHandler(authRpc.listUserEntitlements)
  async listOfUser({
    appId,
    userId,
  }: ParsedRequestOf<typeof authRpc.listUserEntitlements>): Promise<
    ReplyOf<typeof authRpc.listUserEntitlements>
  > {
    const found = await this.find(appId);
    return {
      entitlements: userEntitlementNames.map((name) => toRow(name, found, userId)),
      version: found.version,
    };
  }

  @RpcHandler(authRpc.setEntitlement)
  async set(
    @Payload() request: ParsedRequestOf<typeof authRpc.setEntitlement>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    parseEntitlementName(request.name);
    return this.change(request, actor);
  }

  @RpcHandler(authRpc.setUserEntitlement)
  async setOfUser(
    @Payload() request: ParsedRequestOf<typeof authRpc.setUserEntitlement>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setUserEntitlement>> {
    parseUserEntitlementName(request.name);
    return this.change(request, actor);
  }

  private async change(
    { appId, userId, name: asked, value, fromMs, untilMs, note, address, requestId, ifVersion }: Change,
    actor: string,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    const terms = { fromMs, untilMs, note };
    checkTerms(value, terms);
    const change =
      value === null ? { name: parseEntitlementName(asked), value } : parseEntitlementValue(asked, value);
    const { name } = change;
    const ofUser = userId === undefined ? {} : { userId };
    const version = await this.database.entitlements.set({
      ...{ actor, address, requestId, appId, ifVersion },
      ...ofUser,
      ...terms,
      ...change,
    });
    // After the commit: a service that reads because of the event must find the new value.
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.logger.info({ actor, appId, ...ofUser, name, value, ...terms, version }, 'entitlement changed');
    const found = await this.find(appId);
    const stored = value === null ? {} : { [name]: value };
    const warnings = value === null ? [] : findWarnings(name, { ...evaluateFor(found, userId), ...stored });
    return {
      entitlement: toRow(name, found, userId),
      version,
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  private async find(appId: number): Promise<EntitlementSet> {
    const found = await this.database.entitlements.find(appId);
    if (found === undefined) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return found;
  }
}

type Change = ParsedRequestOf<typeof authRpc.setEntitlement> & { userId?: string };
type Row = ReplyOf<typeof authRpc.setEntitlement>['entitlement'];

/** Throws ADMIN_ENTITLEMENT_VALUE_INVALID for terms under which a value would never be in force. */
function checkTerms(value: Change['value'], { fromMs, untilMs, note }: EntitlementTerms): void {
  const invalid = (path: string, problem: string): never => {
    throw new AppError('ADMIN_ENTITLEMENT_VALUE_INVALID', {
      message: `${path} ${problem}.`,
      details: { path },
    });
  };
  if (value === null && (fromMs ?? untilMs ?? note) !== undefined) {
    invalid('value', 'is null, which has no fromMs, untilMs or note');
  }
  if (untilMs !== undefined && untilMs <= Math.max(Date.now(), fromMs ?? 0)) {
    invalid('untilMs', 'must lie in the future, and after fromMs');
  }
}

function evaluateFor({ rows, users }: EntitlementSet, userId: string | undefined): Entitlements {
  const own = evaluateUsers(users.filter((row) => row.userId === userId));
  return { ...evaluateEntitlements(rows), ...own[0]?.values };
}

/** The value in force for the AppID, or for one of its users, and what was set for it. */
function toRow(name: EntitlementName, found: EntitlementSet, userId?: string): Row {
  const rows = userId === undefined ? found.rows : found.users.filter((row) => row.userId === userId);
  const row = rows.find((each) => each.name === name);
  const { fromMs, untilMs, note } = row ?? {};
  const terms = {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(note === undefined ? {} : { note }),
  };
  return {
    name,
    value: evaluateFor(found, userId)[name],
    overridden: row !== undefined && isInForce(row, Date.now()),
    ...(row === undefined || Object.keys(terms).length === 0
      ? {}
      : { stored: { value: row.value as Row['value'], ...terms } }),
  };
}
