import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus, EntitlementCache } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { type Logger } from 'pino';
import { type GatewayConfig } from './gateway.config.js';
import { GATEWAY_CONFIG, LOGGER } from './gateway-tokens.js';
import { InteropController } from './interop/interop.controller.js';
import { InteropHandler } from './interop/interop.handler.js';
import { InteropLogin } from './interop/interop-login.js';
import { InteropResources } from './interop/interop-resources.js';
import { InteropSessions } from './interop/interop-sessions.js';
import { Whep } from './interop/whep.js';
import { Whip } from './interop/whip.js';
import { MediaNodes } from './media-nodes/media-nodes.js';
import { MediaPlane } from './media-nodes/media-plane.js';
import { NodeWatch } from './media-nodes/node-watch.js';
import { SessionData } from './media-nodes/session-data.js';
import { RoomPlaces } from './media-nodes/room-places.js';
import { MessagingInstances } from './messages/messaging-instances.js';
import { MessageSender } from './messages/message-sender.js';
import { BarrageMethod } from './methods/barrage.method.js';
import { BroadcastMethod } from './methods/broadcast.method.js';
import { BroadcastToRoomsMethod } from './methods/broadcast-to-rooms.method.js';
import { CommandMethod } from './methods/command.method.js';
import { ConnectTransportMethod } from './methods/connect-transport.method.js';
import { ListMembersMethod } from './methods/list-members.method.js';
import { LoginMethod } from './methods/login.method.js';
import { LogoutMethod } from './methods/logout.method.js';
import { MessageHistoryMethod } from './methods/message-history.method.js';
import { METHOD_HANDLERS, type MethodHandler } from './methods/method-handler.js';
import { PlayMethod } from './methods/play.method.js';
import { MuteMethod } from './methods/mute.method.js';
import { ProduceDataMethod } from './methods/produce-data.method.js';
import { ProduceMethod } from './methods/produce.method.js';
import { PublishMethod } from './methods/publish.method.js';
import { ResumeMethod } from './methods/resume.method.js';
import { RepublishMethod } from './methods/republish.method.js';
import { RestartIceMethod } from './methods/restart-ice.method.js';
import { ResumePlayMethod } from './methods/resume-play.method.js';
import { SetAttributesMethod } from './methods/set-attributes.method.js';
import { SettleMethod } from './methods/settle.method.js';
import { ShareMethod } from './methods/share.method.js';
import { SnapshotMethod } from './methods/snapshot.method.js';
import { StopPlayMethod } from './methods/stop-play.method.js';
import { StopPublishMethod } from './methods/stop-publish.method.js';
import { SwitchMethod } from './methods/switch.method.js';
import { TransparentMethod } from './methods/transparent.method.js';
import { UnshareMethod } from './methods/unshare.method.js';
import { RecordingHandler } from './recordings/recording.handler.js';
import { RecordingNodes } from './recordings/recording-nodes.js';
import { RecordingOrders } from './recordings/recording-orders.js';
import { AdminController } from './rest/admin.controller.js';
import { AdminGuard } from './rest/admin.guard.js';
import { MessagesController } from './rest/messages.controller.js';
import { RecordingsController } from './rest/recordings.controller.js';
import { MutesController } from './rest/mutes.controller.js';
import { RoomsController } from './rest/rooms.controller.js';
import { RoomFanout } from './rooms/room-fanout.js';
import { GatewayHeartbeat } from './session/gateway-heartbeat.js';
import { Identities } from './session/identities.js';
import { Playbacks } from './session/playbacks.js';
import { Publications } from './session/publications.js';
import { SessionEvents } from './session/session-events.js';
import { SessionLifecycle } from './session/session-lifecycle.js';
import { SessionReconciler } from './session/session-reconciler.js';
import { SessionMover } from './session/session-mover.js';
import { SessionRegistry } from './session/session-registry.js';
import { SessionResumer } from './session/session-resumer.js';
import { SessionVoices } from './session/session-voices.js';
import { UpstreamMutes } from './session/upstream-mutes.js';
import { UpstreamStops } from './session/upstream-stops.js';
import { StreamExtensions } from './session/stream-extensions.js';
import { SessionRooms } from './session/session-rooms.js';
import { MethodRouter } from './socket/method-router.js';
import { SocketServer } from './socket/socket-server.js';

const methods = [
  LoginMethod,
  LogoutMethod,
  SwitchMethod,
  ResumeMethod,
  SnapshotMethod,
  ListMembersMethod,
  SetAttributesMethod,
  ConnectTransportMethod,
  RestartIceMethod,
  SettleMethod,
  RepublishMethod,
  PublishMethod,
  ProduceMethod,
  ProduceDataMethod,
  MuteMethod,
  ShareMethod,
  UnshareMethod,
  StopPublishMethod,
  PlayMethod,
  ResumePlayMethod,
  StopPlayMethod,
  BroadcastMethod,
  BroadcastToRoomsMethod,
  BarrageMethod,
  CommandMethod,
  TransparentMethod,
  MessageHistoryMethod,
];

@Module({})
export class GatewayModule {
  static register(config: GatewayConfig, bus: Bus, logger: Logger): DynamicModule {
    const mediaNodes = new MediaNodes(bus);
    return {
      module: GatewayModule,
      imports: [
        HealthModule.register({ checks: { bus: () => bus.ping(), media: () => mediaNodes.assertHeard() } }),
      ],
      controllers: [
        AdminController,
        InteropController,
        InteropHandler,
        MessagesController,
        RecordingHandler,
        RecordingsController,
        MutesController,
        RoomsController,
      ],
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        ...methods,
        {
          provide: METHOD_HANDLERS,
          useFactory: (...handlers: MethodHandler[]) => handlers,
          inject: methods,
        },
        AdminGuard,
        { provide: EntitlementCache, useValue: new EntitlementCache(bus) },
        GatewayHeartbeat,
        Identities,
        { provide: MediaNodes, useValue: mediaNodes },
        InteropLogin,
        InteropResources,
        InteropSessions,
        MediaPlane,
        NodeWatch,
        MessageSender,
        MessagingInstances,
        MethodRouter,
        Playbacks,
        Publications,
        RecordingNodes,
        RecordingOrders,
        RoomFanout,
        RoomPlaces,
        SessionData,
        SessionEvents,
        SessionLifecycle,
        SessionMover,
        SessionReconciler,
        SessionRegistry,
        SessionResumer,
        SessionRooms,
        SessionVoices,
        UpstreamMutes,
        StreamExtensions,
        UpstreamStops,
        SocketServer,
        Whep,
        Whip,
      ],
    };
  }
}
