import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { RateLimiter } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, auditRpc, newId, parseOrThrow, type Permission } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { MessageSender, MessagingInstances } from '@polyroom/session';
import { type Logger } from 'pino';
import { z } from 'zod';
import { ActReports } from '../audit/act-reports.js';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, type GuardedRequest, originOf } from '../authority/authority.guard.js';
import { OwnAuthentication } from '../authority/own-authentication.decorator.js';
import { mayHaveHappened } from '../may-have-happened.js';
import { SignInThrottle } from '../authority/sign-in-throttle.js';
import { type ZegoAct, type ZegoContext } from './zego-action.js';
import { toZegoCode, zegoCodes, ZegoFailure } from './zego-codes.js';
import { authorizeZegoRequest, readZegoRequest, type ZegoRequest } from './zego-request.js';

const replySchema = z.object({
  /** 0 = success; otherwise a return code of ZEGO. */
  Code: z.number().int(),
  Message: z.string(),
  RequestId: z.string(),
  Data: z.looseObject({}).optional(),
});
type Reply = z.output<typeof replySchema>;

const query = z.looseObject({ Action: z.string().optional() });
const body = z.looseObject({}).nullish();
const route = { reply: replySchema, errors: [] };

/**
 * ZEGO's server API (`?Action=…`), for application servers that use it already: a face of the services behind the other
 * routes, with ZEGO's signature, return codes and limits. The status is always 200.
 */
@Controller()
@OwnAuthentication(true)
export class ZegoController {
  private readonly rates = new RateLimiter();

  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
    private readonly sender: MessageSender,
    private readonly reports: ActReports,
    private readonly throttle: SignInThrottle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  @ApiRoute("An action in the form of ZEGO's server API.", route)
  get(
    @Req() request: GuardedRequest,
    @Query({ schema: query }) values: z.output<typeof query>,
  ): Promise<Reply> {
    return this.answer(request, values, undefined);
  }

  @Post()
  @HttpCode(200)
  @AuditedByOwner()
  @ApiRoute("An action in the form of ZEGO's server API, with its parameters in the body.", route)
  post(
    @Req() request: GuardedRequest,
    @Query({ schema: query }) values: z.output<typeof query>,
    @Body({ schema: body }) more: z.output<typeof body>,
  ): Promise<Reply> {
    return this.answer(request, values, more);
  }

  private async answer(
    request: GuardedRequest,
    values: Record<string, unknown>,
    more: unknown,
  ): Promise<Reply> {
    const origin = originOf(request);
    const RequestId = origin.requestId;
    try {
      const data = await this.run(readZegoRequest(values, more), origin);
      return {
        Code: zegoCodes.success,
        Message: 'success',
        RequestId,
        ...(data === undefined ? {} : { Data: data }),
      };
    } catch (error) {
      if (!(error instanceof ZegoFailure) && !AppError.is(error)) {
        this.logger.error({ err: error, requestId: RequestId }, 'request failed');
      }
      const isKnown = error instanceof ZegoFailure || AppError.is(error);
      return {
        Code: toZegoCode(error),
        Message: isKnown ? error.message : 'The request failed.',
        RequestId,
      };
    }
  }

  private async run(request: ZegoRequest, origin: ActOrigin): Promise<Record<string, unknown> | undefined> {
    const { action, appId } = request;
    // Before the nonce is used.
    const params: unknown = parseOrThrow(action.params, request.params);
    const atMs = Date.now();
    const statements = await this.throttle.run(
      origin.address,
      `zego ${appId}`,
      () => authorizeZegoRequest(this.bus, request, origin),
      { isName: true, isFailure: isWrongSignature },
    );
    this.limit(request, params);
    const context: ZegoContext = {
      ...{ appId, bus: this.bus, instances: this.instances, sender: this.sender },
      statementFor: (permission) => statements.get(permission)!,
      step: async (act, run, isDone = () => true) => {
        const report = (outcome: 'done' | 'unknown') =>
          this.report(act, { ...origin, appId, atMs, statements, outcome });
        try {
          const result = await run();
          if (isDone(result)) {
            report('done');
          }
          return result;
        } catch (error) {
          if (mayHaveHappened(error)) {
            report('unknown');
          }
          throw error;
        }
      },
    };
    return (await action.run(context, params)) as Record<string, unknown> | undefined;
  }

  /** ZEGO's limits, in this process. */
  private limit({ action, appId, name }: ZegoRequest, params: unknown): void {
    const { overloadCode = zegoCodes.tooManyRequests, perSecond, perSecondOfRoom } = action;
    if (!this.rates.take(`${appId} ${name}`, perSecond)) {
      throw new ZegoFailure(overloadCode, `more than ${perSecond} requests of the AppID in a second`);
    }
    const { RoomId } = params as { RoomId?: unknown };
    if (
      perSecondOfRoom !== undefined &&
      !this.rates.take(`${appId} ${name} ${String(RoomId)}`, perSecondOfRoom)
    ) {
      throw new ZegoFailure(
        zegoCodes.tooManyRequestsOfRoom,
        `more than one request for the room in ${1 / perSecondOfRoom} s`,
      );
    }
  }

  private report(
    { action, after, subject }: ZegoAct,
    {
      statements,
      ...common
    }: ActOrigin & {
      appId: number;
      atMs: number;
      statements: ReadonlyMap<Permission, string>;
      outcome: 'done' | 'unknown';
    },
  ): void {
    // Not waited for: ZEGO's callers send many.
    void this.reports.add({
      ...common,
      reportId: newId('report'),
      statement: statements.get(auditRpc.reportedActions[action])!,
      action,
      subject,
      after: JSON.parse(JSON.stringify(after ?? {})) as never,
    });
  }
}

/** Not those of a clock that differs or a request that was repeated, which cost no reads or are signed by the AppID. */
function isWrongSignature({ errorName }: AppError): boolean {
  return errorName === 'SIGNATURE_INCORRECT' || errorName === 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE';
}
