import { Controller } from '@nestjs/common';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { gatewayRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { InteropResources } from './interop-resources.js';

/** What other gateways ask for the WHIP and WHEP sessions that this one holds. */
@Controller()
export class InteropHandler {
  constructor(private readonly resources: InteropResources) {}

  @NodeRpcHandler(gatewayRpc.endInteropSession)
  async end(request: ParsedRequestOf<typeof gatewayRpc.endInteropSession>): Promise<object> {
    await this.resources.endHere(request);
    return {};
  }

  @NodeRpcHandler(gatewayRpc.patchInteropSession)
  patch(
    request: ParsedRequestOf<typeof gatewayRpc.patchInteropSession>,
  ): Promise<ReplyOf<typeof gatewayRpc.patchInteropSession>> {
    return this.resources.patchHere(request);
  }
}
