import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, idempotencyRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';

/** Longer than any request: after that the process that carried it out has crashed. */
const leaseMs = 90_000;
const retryAfterSeconds = 1;

/** Answers to REST requests with an Idempotency-Key. */
@Controller()
export class IdempotencyHandler {
  constructor(private readonly store: RoomStore) {}

  @RpcHandler(idempotencyRpc.openIdempotent)
  async open({
    appId,
    key,
    request,
    holder,
  }: ParsedRequestOf<typeof idempotencyRpc.openIdempotent>): Promise<
    ReplyOf<typeof idempotencyRpc.openIdempotent>
  > {
    const start = await this.store.idempotency.open(appId, key, request, {
      ...{ holder, leaseMs },
      keepMs: idempotencyRpc.idempotencyKeepMs,
      mostPerHour: idempotencyRpc.idempotencyKeysPerHour,
    });
    switch (start.state) {
      case 'new':
        return {};
      case 'answered':
        return { answer: start.answer };
      case 'reused':
        throw new AppError('REST_IDEMPOTENCY_KEY_REUSED');
      case 'pending':
        throw new AppError('REST_IDEMPOTENCY_KEY_PENDING', { details: { retryAfterSeconds } });
      case 'tooMany':
        throw new AppError('REST_TOO_MANY_IDEMPOTENCY_KEYS', {
          details: { retryAfterSeconds: secondsToNextHour(), perHour: idempotencyRpc.idempotencyKeysPerHour },
        });
    }
  }

  @RpcHandler(idempotencyRpc.closeIdempotent)
  async close({
    key,
    holder,
    answer = '',
  }: ParsedRequestOf<typeof idempotencyRpc.closeIdempotent>): Promise<
    ReplyOf<typeof idempotencyRpc.closeIdempotent>
  > {
    await this.store.idempotency.close(key, holder, answer);
    return {};
  }
}

function secondsToNextHour(): number {
  return Math.max(1, 3600 - (Math.floor(Date.now() / 1000) % 3600));
}
