import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { LeftSessions } from './left-sessions.js';
import { MediaNodes } from './media-nodes.js';
import { MediaPlane } from './media-plane.js';
import { NodeWatch } from './node-watch.js';
import { SessionData } from './session-data.js';

/** Media nodes: discovery, failure detection, and a session's requests to its node. */
@Module({
  imports: [EntitlementsModule],
  providers: [LeftSessions, MediaNodes, MediaPlane, NodeWatch, SessionData],
  exports: [MediaNodes, MediaPlane, NodeWatch],
})
export class MediaModule {}
