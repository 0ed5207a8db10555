import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type Grants,
  type LoginHookTerms,
  narrowGrants,
  type ReplyOf,
  type RequestOf,
  webhooksRpc,
} from '@polyroom/contracts';

/** For the way to the webhooks service and back. */
const busMs = 500;

/** Lets the application decide a login, where its AppID has a hook. */
@Injectable()
export class LoginDecisions {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  /**
   * The grants that are left, for this room only. Throws LOGIN_REFUSED_BY_APP, and LOGIN_HOOK_FAILED where no answer
   * means no login.
   */
  async decide(
    { deadlineMs, onFailure }: LoginHookTerms,
    request: RequestOf<typeof webhooksRpc.decideLogin>,
    grants: Grants,
  ): Promise<Grants> {
    let decision: ReplyOf<typeof webhooksRpc.decideLogin> = {};
    try {
      decision = await this.bus.request(webhooksRpc.decideLogin, request, { timeoutMs: deadlineMs + busMs });
    } catch (error) {
      if (AppError.is(error, 'LOGIN_REFUSED_BY_APP')) {
        throw error;
      }
      if (onFailure === 'deny') {
        throw new AppError('LOGIN_HOOK_FAILED', { cause: error, fault: 'client' });
      }
    }
    return narrowGrants(grants, request.roomId, decision);
  }
}
