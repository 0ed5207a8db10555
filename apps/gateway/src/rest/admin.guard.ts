import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { clientAddressOf } from '@polyroom/addresses';
import { Bus } from '@polyroom/bus';
import { AppError, authRpc } from '@polyroom/contracts';

/** A request that has passed the guard. */
export interface AdminRequest {
  headers: { authorization?: string };
  ip: string;
  socket: { remoteAddress?: string | undefined };
  /** The name that the audit shows. */
  actor?: string;
}

const bearerPattern = /^Bearer ([^\s]{1,512})$/i;

/** Asks the auth service who the bearer is. Runs after routing, so no spelling of a path gets around it. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly bus: Bus) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const adminToken = bearerPattern.exec(request.headers.authorization ?? '')?.[1];
    if (adminToken === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    const { actor } = await this.bus.request(authRpc.identifyAdmin, {
      adminToken,
      clientAddress: clientAddressOf(request.ip, request.socket.remoteAddress),
    });
    request.actor = actor;
    return true;
  }
}
