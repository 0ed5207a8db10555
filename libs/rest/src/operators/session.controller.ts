import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { clientAddressOf } from '@polyroom/addresses';
import { Bus } from '@polyroom/bus';
import { operatorSessionRpc, operatorsRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { OwnAuthentication } from '../authority/own-authentication.decorator.js';
import { SignInThrottle } from '../authority/sign-in-throttle.js';
import { ConsoleOrigins } from '../authority/console-origins.js';

const { sessionSteps } = operatorSessionRpc;
type Step = operatorSessionRpc.SessionStep;
type BodyOf<S extends Step> = operatorSessionRpc.StepBody<S>;
type ReplyOfStep<S extends Step> = operatorSessionRpc.StepReply<S>;

/** The used part of Fastify's request. */
interface StepRequest {
  id: string;
  method: string;
  protocol: string;
  headers: { cookie?: string; origin?: string; 'user-agent'?: string };
  ip: string;
  socket: { remoteAddress?: string | undefined };
}

interface StepResponse {
  header(name: string, value: string | string[]): unknown;
  status(code: number): unknown;
}

/** Steps with a secret that could be guessed. */
const throttled: ReadonlySet<Step> = new Set<Step>([
  'signIn',
  'verifyTotp',
  'verifyRecoveryCode',
  'passkeySignIn',
  'changePassword',
  'enrolTotp',
  'removeTotp',
  'renewRecoveryCodes',
]);

const sessionPath = z.object({ sessionId: operatorsRpc.sessionIdSchema });
const passkeyPath = sessionSteps.removePasskey.body;
/** Providers may add parameters of their own. */
const callbackQuery = z
  .looseObject({ code: z.string().max(4096).optional(), state: z.string().max(4096).optional() })
  .transform((query) =>
    Object.fromEntries(
      Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  );

function route(summary: string, step: Step): MethodDecorator {
  const errors = [
    ...operatorSessionRpc.sessionErrors,
    ...(['ADMIN_ORIGIN_REFUSED', 'BUS_TIMEOUT', 'BUS_UNAVAILABLE', 'DATABASE_UNAVAILABLE'] as const),
  ];
  return applyDecorators(AuditedByOwner(), ApiRoute(summary, { reply: sessionSteps[step].reply, errors }));
}

/** Sign-in of operators, and what they do with their own accounts. Sessions are cookies. */
@Controller('v1/session')
@OwnAuthentication(true)
export class SessionController {
  constructor(
    private readonly bus: Bus,
    private readonly throttle: SignInThrottle,
    private readonly origins: ConsoleOrigins,
  ) {}

  @Get('methods')
  @route('Lists the ways to sign in.', 'listMethods')
  listMethods(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('listMethods', {}, request, response);
  }

  @Post()
  @HttpCode(200)
  @route('Signs an operator in with its password; a code of TOTP may follow.', 'signIn')
  signIn(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.signIn.body }) body: BodyOf<'signIn'>,
  ) {
    return this.take('signIn', body, request, response);
  }

  @Get()
  @route('Returns the operator and its session.', 'getSession')
  getSession(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('getSession', {}, request, response);
  }

  @Delete()
  @route('Signs out: ends the session.', 'signOut')
  signOut(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('signOut', {}, request, response);
  }

  @Put('password')
  @route('Changes the own password, and ends all other sessions.', 'changePassword')
  changePassword(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.changePassword.body }) body: BodyOf<'changePassword'>,
  ) {
    return this.take('changePassword', body, request, response);
  }

  @Get('list')
  @route('Lists the own sessions, newest first.', 'listSessions')
  listSessions(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('listSessions', {}, request, response);
  }

  @Delete('list/:sessionId')
  @route('Ends one of the own sessions.', 'endSession')
  endSession(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Param({ schema: sessionPath }) path: BodyOf<'endSession'>,
  ) {
    return this.take('endSession', path, request, response);
  }

  @Post('totp')
  @HttpCode(200)
  @route('Checks a code of TOTP: completes a sign-in or an enrolment.', 'verifyTotp')
  verifyTotp(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.verifyTotp.body }) body: BodyOf<'verifyTotp'>,
  ) {
    return this.take('verifyTotp', body, request, response);
  }

  @Post('recovery-code')
  @HttpCode(200)
  @route('Completes a sign-in with a recovery code, which is used up.', 'verifyRecoveryCode')
  verifyRecoveryCode(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.verifyRecoveryCode.body }) body: BodyOf<'verifyRecoveryCode'>,
  ) {
    return this.take('verifyRecoveryCode', body, request, response);
  }

  @Post('totp/enrolment')
  @HttpCode(200)
  @route('Begins an enrolment of TOTP; the only reply with its secret and recovery codes.', 'enrolTotp')
  enrolTotp(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.enrolTotp.body }) body: BodyOf<'enrolTotp'>,
  ) {
    return this.take('enrolTotp', body, request, response);
  }

  @Post('totp/removal')
  @HttpCode(200)
  @route('Removes TOTP from the own account.', 'removeTotp')
  removeTotp(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.removeTotp.body }) body: BodyOf<'removeTotp'>,
  ) {
    return this.take('removeTotp', body, request, response);
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @route('Replaces the recovery codes.', 'renewRecoveryCodes')
  renewRecoveryCodes(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.renewRecoveryCodes.body }) body: BodyOf<'renewRecoveryCodes'>,
  ) {
    return this.take('renewRecoveryCodes', body, request, response);
  }

  @Post('passkey/options')
  @HttpCode(200)
  @route('Begins a sign-in with a passkey.', 'beginPasskeySignIn')
  beginPasskeySignIn(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('beginPasskeySignIn', {}, request, response);
  }

  @Post('passkey')
  @HttpCode(200)
  @route('Signs an operator in with a passkey.', 'passkeySignIn')
  passkeySignIn(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.passkeySignIn.body }) body: BodyOf<'passkeySignIn'>,
  ) {
    return this.take('passkeySignIn', body, request, response);
  }

  @Get('passkeys')
  @route('Lists the own passkeys.', 'listPasskeys')
  listPasskeys(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('listPasskeys', {}, request, response);
  }

  @Post('passkeys/options')
  @HttpCode(200)
  @route('Begins the enrolment of a passkey.', 'beginPasskeyEnrolment')
  beginPasskeyEnrolment(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('beginPasskeyEnrolment', {}, request, response);
  }

  @Post('passkeys')
  @HttpCode(200)
  @route('Adds a passkey to the own account.', 'enrolPasskey')
  enrolPasskey(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Body({ schema: sessionSteps.enrolPasskey.body }) body: BodyOf<'enrolPasskey'>,
  ) {
    return this.take('enrolPasskey', body, request, response);
  }

  @Delete('passkeys/:passkeyId')
  @route('Removes a passkey from the own account.', 'removePasskey')
  removePasskey(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Param({ schema: passkeyPath }) path: BodyOf<'removePasskey'>,
  ) {
    return this.take('removePasskey', path, request, response);
  }

  @Post('oidc')
  @HttpCode(200)
  @route('Begins a sign-in with the OIDC provider; the browser opens the address.', 'beginOidc')
  beginOidc(@Req() request: StepRequest, @Res({ passthrough: true }) response: StepResponse) {
    return this.take('beginOidc', {}, request, response);
  }

  @Get('callback/oidc')
  @route('Completes a sign-in with the OIDC provider, and redirects to the console.', 'finishOidc')
  @ApiResponse({
    status: 431,
    description: 'The parameters are too long',
    content: { 'application/json': { schema: { type: 'object' } } },
  })
  @ApiResponse({
    status: 302,
    description: 'To the page of the console',
    content: { 'application/json': { schema: { type: 'object' } } },
  })
  finishOidc(
    @Req() request: StepRequest,
    @Res({ passthrough: true }) response: StepResponse,
    @Query({ schema: callbackQuery }) query: BodyOf<'finishOidc'>,
  ) {
    // The browser comes from the provider, with a state that only this browser has.
    return this.forward('finishOidc', query, request, response);
  }

  private async take<S extends Step>(
    step: S,
    body: BodyOf<S>,
    request: StepRequest,
    response: StepResponse,
  ): Promise<ReplyOfStep<S>> {
    this.origins.check(request, request.headers.cookie !== undefined);
    if (!throttled.has(step)) {
      return this.forward(step, body, request, response);
    }
    const credential = JSON.stringify([step, body, request.headers.cookie]);
    return this.throttle.run(addressOf(request), credential, () =>
      this.forward(step, body, request, response),
    );
  }

  private async forward<S extends Step>(
    step: S,
    body: BodyOf<S>,
    request: StepRequest,
    response: StepResponse,
  ): Promise<ReplyOfStep<S>> {
    const { cookie, 'user-agent': userAgent } = request.headers;
    const clientAddress = addressOf(request);
    const answer = await this.bus.request(operatorSessionRpc.takeStep, {
      ...{ step, body, requestId: request.id },
      ...(cookie === undefined ? {} : { cookie: cookie.slice(0, maxCookieChars) }),
      ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, maxUserAgentChars) }),
      ...(clientAddress === undefined ? {} : { clientAddress }),
    });
    response.header('cache-control', 'no-store');
    if (answer.setCookies.length > 0) {
      const secure = request.protocol === 'https' ? '; Secure' : '';
      response.header(
        'set-cookie',
        answer.setCookies.map((each) => `${each}${secure}`),
      );
    }
    if (answer.redirectTo !== undefined) {
      response.status(302);
      response.header('location', answer.redirectTo);
    }
    return answer.body as ReplyOfStep<S>;
  }
}

const maxCookieChars = 4096;
const maxUserAgentChars = 512;

const addressOf = ({ ip, socket }: StepRequest): string | undefined =>
  clientAddressOf(ip, socket.remoteAddress);
