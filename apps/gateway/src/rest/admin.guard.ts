import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { clientAddressOf } from '@polyroom/addresses';
import { Bus } from '@polyroom/bus';
import { AppError, authRpc } from '@polyroom/contracts';
import { SignInThrottle } from './sign-in-throttle.js';

/** The parts of Fastify's request that the guard reads and sets. */
interface AdminRequest {
  headers: { authorization?: string };
  ip: string;
  socket: { remoteAddress?: string | undefined };
  /** Name shown in the audit; set by the guard. */
  actor?: string;
}

const bearerPattern = /^Bearer ([^\s]{1,512})$/i;

/** Authenticates operators at the auth service. Runs after routing, so no spelling of a path avoids it. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly bus: Bus,
    private readonly throttle: SignInThrottle,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const adminToken = bearerPattern.exec(request.headers.authorization ?? '')?.[1];
    if (adminToken === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    const clientAddress = clientAddressOf(request.ip, request.socket.remoteAddress);
    const { actor } = await this.throttle.run(clientAddress, adminToken, () =>
      this.bus.request(authRpc.identifyAdmin, { adminToken, clientAddress }),
    );
    request.actor = actor;
    return true;
  }
}

/** The operator's name in the audit. Throws on routes without the guard. */
export const Actor = createParamDecorator((_data: undefined, context: ExecutionContext): string => {
  const { actor } = context.switchToHttp().getRequest<AdminRequest>();
  if (actor === undefined) {
    throw new AppError('ADMIN_UNAUTHENTICATED');
  }
  return actor;
});
