import { Body, Controller, Delete, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, operatorsRpc, type ReplyOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';

const createBody = operatorsRpc.createOperator.request.omit(auditRpc.originKeys);
const grantsBody = operatorsRpc.setOperatorGrants.request.pick({ grants: true });
const enabledBody = operatorsRpc.setOperatorEnabled.request.pick({ enabled: true });
const operatorPath = z.object({ operatorId: operatorsRpc.operatorIdSchema });
const sessionPath = operatorPath.extend({ sessionId: operatorsRpc.sessionIdSchema });
type OperatorPath = z.output<typeof operatorPath>;

/** Accounts of operators, managed by owners. */
@Controller('v1/operators')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class OperatorsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Requires('operators:read')
  @ApiRoute('Lists the operators.', operatorsRpc.listOperators)
  list(@Statement() statement: string): Promise<ReplyOf<typeof operatorsRpc.listOperators>> {
    return this.bus.request(operatorsRpc.listOperators, {}, { statement });
  }

  @Post()
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute(
    'Creates an operator; the only reply with its temporary password.',
    operatorsRpc.createOperator,
    201,
  )
  create(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: createBody }) body: z.output<typeof createBody>,
  ): Promise<ReplyOf<typeof operatorsRpc.createOperator>> {
    return this.bus.request(operatorsRpc.createOperator, { ...origin, ...body }, { statement });
  }

  @Put(':operatorId/grants')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute('Replaces the roles of an operator.', operatorsRpc.setOperatorGrants)
  setGrants(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: grantsBody }) { grants }: z.output<typeof grantsBody>,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.setOperatorGrants>> {
    return this.bus.request(operatorsRpc.setOperatorGrants, { ...origin, operatorId, grants }, { statement });
  }

  @Put(':operatorId/enabled')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute(
    'Disables an operator, which ends its sessions, or enables it again.',
    operatorsRpc.setOperatorEnabled,
  )
  setEnabled(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: enabledBody }) { enabled }: z.output<typeof enabledBody>,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.setOperatorEnabled>> {
    return this.bus.request(
      operatorsRpc.setOperatorEnabled,
      { ...origin, operatorId, enabled },
      { statement },
    );
  }

  @Post(':operatorId/password-reset')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute(
    'Gives an operator a temporary password, and ends its sessions.',
    operatorsRpc.resetOperatorPassword,
    201,
  )
  resetPassword(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.resetOperatorPassword>> {
    return this.bus.request(operatorsRpc.resetOperatorPassword, { ...origin, operatorId }, { statement });
  }

  @Delete(':operatorId/factors')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute(
    'Removes TOTP, recovery codes and passkeys of an operator, and ends its sessions.',
    operatorsRpc.resetOperatorFactors,
  )
  resetFactors(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.resetOperatorFactors>> {
    return this.bus.request(operatorsRpc.resetOperatorFactors, { ...origin, operatorId }, { statement });
  }

  @Get(':operatorId/sessions')
  @Requires('operators:read')
  @ApiRoute('Lists the sessions of an operator, newest first.', operatorsRpc.listOperatorSessions)
  listSessions(
    @Statement() statement: string,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.listOperatorSessions>> {
    return this.bus.request(operatorsRpc.listOperatorSessions, { operatorId }, { statement });
  }

  @Delete(':operatorId/sessions')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute('Ends all sessions of an operator.', operatorsRpc.endOperatorSessions)
  endSessions(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: operatorPath }) { operatorId }: OperatorPath,
  ): Promise<ReplyOf<typeof operatorsRpc.endOperatorSessions>> {
    return this.bus.request(operatorsRpc.endOperatorSessions, { ...origin, operatorId }, { statement });
  }

  @Delete(':operatorId/sessions/:sessionId')
  @Requires('operators:write')
  @AuditedByOwner()
  @ApiRoute('Ends one session of an operator.', operatorsRpc.endOperatorSessions)
  endSession(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: sessionPath }) path: z.output<typeof sessionPath>,
  ): Promise<ReplyOf<typeof operatorsRpc.endOperatorSessions>> {
    return this.bus.request(operatorsRpc.endOperatorSessions, { ...origin, ...path }, { statement });
  }
}
