import { type DynamicModule, Module } from '@nestjs/common';
import { MethodsModule, SessionsModule } from '@polyroom/session';
import { type GatewayConfig } from '../gateway.config.js';
import { GATEWAY_CONFIG } from '../gateway-tokens.js';
import { MethodRouter } from './method-router.js';
import { SocketServer } from './socket-server.js';

/**
 * The WebSockets of clients. Imports the sessions: at shutdown Nest closes the sockets before what they use.
 */
@Module({})
export class SocketModule {
  static register(config: GatewayConfig): DynamicModule {
    return {
      module: SocketModule,
      imports: [MethodsModule, SessionsModule],
      providers: [{ provide: GATEWAY_CONFIG, useValue: config }, MethodRouter, SocketServer],
    };
  }
}
