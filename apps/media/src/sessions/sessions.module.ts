import { Module } from '@nestjs/common';
import { NodeModule } from '../node/node.module.js';
import { MediaHandler } from './media.handler.js';
import { MediaUsage } from './media-usage.js';

/** Media of client sessions: transports, producers, consumers. */
@Module({ imports: [NodeModule], controllers: [MediaHandler], providers: [MediaUsage] })
export class SessionsModule {}
