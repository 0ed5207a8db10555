import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MediaModule } from '../media/media.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { SessionsModule } from '../session/sessions.module.js';
import { ClientMethods } from './client-methods.js';
import { BarrageMethod } from './barrage.method.js';
import { BroadcastToRoomsMethod } from './broadcast-to-rooms.method.js';
import { BroadcastMethod } from './broadcast.method.js';
import { CommandMethod } from './command.method.js';
import { ConnectTransportMethod } from './connect-transport.method.js';
import { LimitMethod } from './limit.method.js';
import { ListMembersMethod } from './list-members.method.js';
import { LoginMethod } from './login.method.js';
import { LogoutMethod } from './logout.method.js';
import { MessageHistoryMethod } from './message-history.method.js';
import { MuteMethod } from './mute.method.js';
import { PingMethod } from './ping.method.js';
import { PlayMethod } from './play.method.js';
import { ProduceDataMethod } from './produce-data.method.js';
import { ProduceMethod } from './produce.method.js';
import { PublishMethod } from './publish.method.js';
import { RenewMediaMethod } from './renew-media.method.js';
import { RenewTokenMethod } from './renew-token.method.js';
import { RepublishMethod } from './republish.method.js';
import { RestartIceMethod } from './restart-ice.method.js';
import { ResumePlayMethod } from './resume-play.method.js';
import { ResumeMethod } from './resume.method.js';
import { SetAttributesMethod } from './set-attributes.method.js';
import { SetExtraInfoMethod } from './set-extra-info.method.js';
import { SettleMethod } from './settle.method.js';
import { ShareMethod } from './share.method.js';
import { SnapshotMethod } from './snapshot.method.js';
import { StopPlayMethod } from './stop-play.method.js';
import { StopPublishMethod } from './stop-publish.method.js';
import { SwitchMethod } from './switch.method.js';
import { TransparentMethod } from './transparent.method.js';
import { UnshareMethod } from './unshare.method.js';

/** The methods of the client protocol, found by their decorator. */
@Module({
  imports: [DiscoveryModule, MediaModule, MessagesModule, RoomsModule, SessionsModule],
  providers: [
    ClientMethods,
    BarrageMethod,
    BroadcastToRoomsMethod,
    BroadcastMethod,
    CommandMethod,
    ConnectTransportMethod,
    LimitMethod,
    ListMembersMethod,
    LoginMethod,
    LogoutMethod,
    MessageHistoryMethod,
    MuteMethod,
    PingMethod,
    PlayMethod,
    ProduceDataMethod,
    ProduceMethod,
    PublishMethod,
    RenewMediaMethod,
    RenewTokenMethod,
    RepublishMethod,
    RestartIceMethod,
    ResumePlayMethod,
    ResumeMethod,
    SetAttributesMethod,
    SetExtraInfoMethod,
    SettleMethod,
    ShareMethod,
    SnapshotMethod,
    StopPlayMethod,
    StopPublishMethod,
    SwitchMethod,
    TransparentMethod,
    UnshareMethod,
  ],
  exports: [ClientMethods],
})
export class MethodsModule {}
