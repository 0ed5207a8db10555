import { Controller } from '@nestjs/common';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { mediaPipeRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';

/** Serves the pipe requests of other media nodes. */
@Controller()
export class PipeHandler {
  constructor(private readonly node: MediaNode) {}

  @NodeRpcHandler(mediaPipeRpc.openPipe)
  openPipe(
    request: ParsedRequestOf<typeof mediaPipeRpc.openPipe>,
  ): Promise<ReplyOf<typeof mediaPipeRpc.openPipe>> {
    return this.node.openPipe(request);
  }

  @NodeRpcHandler(mediaPipeRpc.closePipe)
  closePipe(request: ParsedRequestOf<typeof mediaPipeRpc.closePipe>): object {
    this.node.closePipe(request);
    return {};
  }

  @NodeRpcHandler(mediaPipeRpc.extendPipe)
  extendPipe(request: ParsedRequestOf<typeof mediaPipeRpc.extendPipe>): object {
    this.node.extendPipe(request);
    return {};
  }

  @NodeRpcHandler(mediaPipeRpc.endPipe)
  endPipe(request: ParsedRequestOf<typeof mediaPipeRpc.endPipe>): object {
    this.node.endPipe(request);
    return {};
  }

  @NodeRpcHandler(mediaPipeRpc.updatePipe)
  updatePipe(request: ParsedRequestOf<typeof mediaPipeRpc.updatePipe>): object {
    this.node.updatePipe(request);
    return {};
  }
}
