import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { MediaModule } from '../media/media.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { BannedAddresses } from './banned-addresses.js';
import { DisabledApps } from './disabled-apps.js';
import { GatewayHeartbeat } from './gateway-heartbeat.js';
import { Identities } from './identities.js';
import { LoginDecisions } from './login-decisions.js';
import { LostRights } from './lost-rights.js';
import { NodeRecorder } from './node-recorder.js';
import { Playbacks } from './playbacks.js';
import { Publications } from './publications.js';
import { RevokedTokens } from './revoked-tokens.js';
import { RoomPlaces } from './room-places.js';
import { SessionEvents } from './session-events.js';
import { SessionExpulsion } from './session-expulsion.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionMover } from './session-mover.js';
import { SessionReconciler } from './session-reconciler.js';
import { SessionRegistry } from './session-registry.js';
import { SessionResumer } from './session-resumer.js';
import { SessionRooms } from './session-rooms.js';
import { SessionTokens } from './session-tokens.js';
import { SessionUsage } from './session-usage.js';
import { SessionSpeakers } from './session-speakers.js';
import { StreamExtensions } from './stream-extensions.js';
import { StreamShares } from './stream-shares.js';
import { TokenExpiry } from './token-expiry.js';
import { UpstreamMutes } from './upstream-mutes.js';
import { UpstreamStops } from './upstream-stops.js';
import { UserNames } from './user-names.js';
import { WithdrawnStreams } from './withdrawn-streams.js';

const providers = [
  BannedAddresses,
  DisabledApps,
  GatewayHeartbeat,
  Identities,
  LoginDecisions,
  LostRights,
  NodeRecorder,
  Playbacks,
  Publications,
  RevokedTokens,
  RoomPlaces,
  SessionEvents,
  SessionExpulsion,
  SessionLifecycle,
  SessionMover,
  SessionReconciler,
  SessionRegistry,
  SessionResumer,
  SessionRooms,
  SessionTokens,
  SessionUsage,
  SessionSpeakers,
  StreamExtensions,
  StreamShares,
  TokenExpiry,
  UpstreamMutes,
  UpstreamStops,
  UserNames,
  WithdrawnStreams,
];

/** Client sessions: opening, rooms, streams, moving between media nodes, resuming, ending. */
@Module({
  imports: [EntitlementsModule, MediaModule, MessagesModule, RoomsModule],
  providers,
  exports: [...providers, EntitlementsModule],
})
export class SessionsModule {}
