import { type CanActivate, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@polyroom/contracts';

interface TokenRequest {
  headers: { authorization?: string };
  /** Set by the guard. */
  clientToken?: string;
}

const bearerPattern = /^Bearer ([^\s]{1,8192})$/i;

/** Requires a client token as the bearer. The login validates it. */
export class ClientTokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<TokenRequest>();
    const token = bearerPattern.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw new AppError('ROOM_NO_TOKEN');
    }
    request.clientToken = token;
    return true;
  }
}

/** The client token of the request. Throws on routes without the guard. */
export const ClientToken = createParamDecorator((_data: undefined, context: ExecutionContext): string => {
  const { clientToken } = context.switchToHttp().getRequest<TokenRequest>();
  if (clientToken === undefined) {
    throw new AppError('ROOM_NO_TOKEN');
  }
  return clientToken;
});
