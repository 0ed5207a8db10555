import { Controller } from '@nestjs/common';
import { NodeRpcHandler, OnEvent } from '@polyroom/nest-service';
import {
  appDisabled,
  AppError,
  mediaRpc,
  type ParsedRequestOf,
  type PayloadOf,
  type ReplyOf,
  sessionEnded,
} from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { NodeState } from '../node/node-state.js';

/**
 * Serves the requests of gateways. The engine uses the types of the contracts, so no translation is needed.
 */
@Controller()
export class MediaHandler {
  constructor(
    private readonly node: MediaNode,
    private readonly state: NodeState,
  ) {}

  @NodeRpcHandler(mediaRpc.openSession)
  openSession(
    request: ParsedRequestOf<typeof mediaRpc.openSession>,
  ): Promise<ReplyOf<typeof mediaRpc.openSession>> {
    if (this.state.draining) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE', { message: 'The media node is draining.' });
    }
    return this.node.openSession(request);
  }

  @NodeRpcHandler(mediaRpc.closeSession)
  async closeSession(request: ParsedRequestOf<typeof mediaRpc.closeSession>): Promise<object> {
    await this.node.closeSession(request);
    return {};
  }

  /** The session has ended. The fact may name an older node, so every node checks. */
  @OnEvent(sessionEnded)
  async handleSessionEnded({ session }: PayloadOf<typeof sessionEnded>): Promise<void> {
    await this.node.closeSession({ session });
  }

  /** Includes sessions without a socket, which no gateway ends. */
  @OnEvent(appDisabled)
  async handleAppDisabled({ appId }: PayloadOf<typeof appDisabled>): Promise<void> {
    await this.node.closeSessionsOf(appId);
  }

  @NodeRpcHandler(mediaRpc.getSession)
  getSession(request: ParsedRequestOf<typeof mediaRpc.getSession>): ReplyOf<typeof mediaRpc.getSession> {
    return this.node.getSession(request);
  }

  @NodeRpcHandler(mediaRpc.connectTransport)
  async connectTransport(request: ParsedRequestOf<typeof mediaRpc.connectTransport>): Promise<object> {
    await this.node.connectTransport(request);
    return {};
  }

  @NodeRpcHandler(mediaRpc.restartIce)
  restartIce(
    request: ParsedRequestOf<typeof mediaRpc.restartIce>,
  ): Promise<ReplyOf<typeof mediaRpc.restartIce>> {
    return this.node.restartIce(request);
  }

  @NodeRpcHandler(mediaRpc.ping)
  ping(): ReplyOf<typeof mediaRpc.ping> {
    return { incarnation: this.state.incarnation };
  }

  @NodeRpcHandler(mediaRpc.produce)
  produce(request: ParsedRequestOf<typeof mediaRpc.produce>): Promise<ReplyOf<typeof mediaRpc.produce>> {
    return this.node.produce(request);
  }

  @NodeRpcHandler(mediaRpc.produceData)
  produceData(
    request: ParsedRequestOf<typeof mediaRpc.produceData>,
  ): Promise<ReplyOf<typeof mediaRpc.produceData>> {
    return this.node.produceData(request);
  }

  @NodeRpcHandler(mediaRpc.muteUpstream)
  async muteUpstream(request: ParsedRequestOf<typeof mediaRpc.muteUpstream>): Promise<object> {
    await this.node.muteUpstream(request);
    return {};
  }

  @NodeRpcHandler(mediaRpc.closeUpstream)
  closeUpstream(request: ParsedRequestOf<typeof mediaRpc.closeUpstream>): object {
    this.node.closeUpstream(request);
    return {};
  }

  @NodeRpcHandler(mediaRpc.bindDownlink)
  bindDownlink(
    request: ParsedRequestOf<typeof mediaRpc.bindDownlink>,
  ): Promise<ReplyOf<typeof mediaRpc.bindDownlink>> {
    return this.node.bindDownlink(request);
  }

  @NodeRpcHandler(mediaRpc.resumeDownlink)
  async resumeDownlink(request: ParsedRequestOf<typeof mediaRpc.resumeDownlink>): Promise<object> {
    await this.node.resumeDownlink(request);
    return {};
  }

  @NodeRpcHandler(mediaRpc.limitDownlink)
  async limitDownlink(request: ParsedRequestOf<typeof mediaRpc.limitDownlink>): Promise<object> {
    await this.node.limitDownlink(request);
    return {};
  }

  @NodeRpcHandler(mediaRpc.unbindDownlink)
  unbindDownlink(
    request: ParsedRequestOf<typeof mediaRpc.unbindDownlink>,
  ): ReplyOf<typeof mediaRpc.unbindDownlink> {
    return this.node.unbindDownlink(request);
  }

  @NodeRpcHandler(mediaRpc.dumpNode)
  dumpNode(): ReplyOf<typeof mediaRpc.dumpNode> {
    return this.node.dump();
  }

  @NodeRpcHandler(mediaRpc.dumpWorkers)
  dumpWorkers(): Promise<ReplyOf<typeof mediaRpc.dumpWorkers>> {
    return this.node.dumpWorkers();
  }
}
