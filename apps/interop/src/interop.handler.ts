import { Controller } from '@nestjs/common';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { interopRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { InteropResources } from './interop-resources.js';

/** Serves other instances' requests for WHIP and WHEP sessions held here. */
@Controller()
export class InteropHandler {
  constructor(private readonly resources: InteropResources) {}

  @NodeRpcHandler(interopRpc.endSession)
  async end(request: ParsedRequestOf<typeof interopRpc.endSession>): Promise<object> {
    await this.resources.endHere(request);
    return {};
  }

  @NodeRpcHandler(interopRpc.patchSession)
  patch(
    request: ParsedRequestOf<typeof interopRpc.patchSession>,
  ): Promise<ReplyOf<typeof interopRpc.patchSession>> {
    return this.resources.patchHere(request);
  }
}
