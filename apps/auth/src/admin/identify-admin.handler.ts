import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { AdminTokens } from './admin-tokens.js';

/** Resolves an admin credential to the admin's name. */
@Controller()
export class IdentifyAdminHandler {
  constructor(@Inject(AdminTokens) private readonly adminTokens: AdminTokens) {}

  @RpcHandler(authRpc.identifyAdmin)
  identify({
    adminToken,
  }: ParsedRequestOf<typeof authRpc.identifyAdmin>): ReplyOf<typeof authRpc.identifyAdmin> {
    const actor = this.adminTokens.findActor(adminToken);
    if (actor === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    return { actor };
  }
}
