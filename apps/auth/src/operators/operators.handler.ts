import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import {
  AppError,
  operatorChanged,
  operatorsRpc,
  type ParsedRequestOf,
  type ReplyOf,
} from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { createTemporaryPassword, hashPassword } from './password.js';

/** Administration of operators by owners. */
@Controller()
export class OperatorsHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(operatorsRpc.listOperators)
  async list(): Promise<ReplyOf<typeof operatorsRpc.listOperators>> {
    return { operators: await this.database.operators.list() };
  }

  /** The reply is the only place where the password is shown. */
  @RpcHandler(operatorsRpc.createOperator)
  async create(
    @Payload() { email, name, grants, ...origin }: ParsedRequestOf<typeof operatorsRpc.createOperator>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.createOperator>> {
    const temporaryPassword = createTemporaryPassword();
    const operator = await this.database.operators.create({
      ...{ ...origin, operatorId: randomUUID(), email, name, grants, actor },
      passwordHash: await hashPassword(temporaryPassword),
    });
    this.logger.info({ actor, operatorId: operator.operatorId, grants }, 'operator created');
    return { operator, temporaryPassword };
  }

  @RpcHandler(operatorsRpc.setOperatorGrants)
  async setGrants(
    @Payload() { operatorId, grants, ...origin }: ParsedRequestOf<typeof operatorsRpc.setOperatorGrants>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.setOperatorGrants>> {
    const operator = await this.database.operators.setGrants(operatorId, grants, { ...origin, actor });
    this.announce({ operatorId, actor, grants }, 'roles of an operator changed');
    return { operator };
  }

  @RpcHandler(operatorsRpc.setOperatorEnabled)
  async setEnabled(
    @Payload() { operatorId, enabled, ...origin }: ParsedRequestOf<typeof operatorsRpc.setOperatorEnabled>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.setOperatorEnabled>> {
    const operator = await this.database.operators.setEnabled(operatorId, enabled, { ...origin, actor });
    this.announce({ operatorId, actor }, enabled ? 'operator enabled' : 'operator disabled');
    return { operator };
  }

  @RpcHandler(operatorsRpc.resetOperatorPassword)
  async resetPassword(
    @Payload() { operatorId, ...origin }: ParsedRequestOf<typeof operatorsRpc.resetOperatorPassword>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.resetOperatorPassword>> {
    const temporaryPassword = createTemporaryPassword();
    const passwordHash = await hashPassword(temporaryPassword);
    const operator = await this.database.operators.setTemporaryPassword(operatorId, passwordHash, {
      ...origin,
      actor,
    });
    this.announce({ operatorId, actor }, 'password of an operator reset');
    return { operator, temporaryPassword };
  }

  @RpcHandler(operatorsRpc.resetOperatorFactors)
  async resetFactors(
    @Payload() { operatorId, ...origin }: ParsedRequestOf<typeof operatorsRpc.resetOperatorFactors>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.resetOperatorFactors>> {
    const operator = await this.database.operators.removeFactors(operatorId, { ...origin, actor });
    this.announce({ operatorId, actor }, 'second factors of an operator removed');
    return { operator };
  }

  @RpcHandler(operatorsRpc.listOperatorSessions)
  async listSessions({
    operatorId,
  }: ParsedRequestOf<typeof operatorsRpc.listOperatorSessions>): Promise<
    ReplyOf<typeof operatorsRpc.listOperatorSessions>
  > {
    return { sessions: await this.database.operators.listSessions(operatorId) };
  }

  @RpcHandler(operatorsRpc.endOperatorSessions)
  async endSessions(
    @Payload() { operatorId, sessionId, ...origin }: ParsedRequestOf<typeof operatorsRpc.endOperatorSessions>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof operatorsRpc.endOperatorSessions>> {
    const ended = await this.database.operators.endSessions(operatorId, sessionId, { ...origin, actor });
    if (ended === 0 && sessionId !== undefined) {
      throw new AppError('ADMIN_SESSION_NOT_FOUND');
    }
    this.announce({ operatorId, actor, ended }, 'sessions of an operator ended');
    return { ended };
  }

  private announce(fields: { operatorId: string } & Record<string, unknown>, event: string): void {
    this.bus.publish(operatorChanged, {}, { operatorId: fields.operatorId });
    this.logger.info(fields, event);
  }
}
