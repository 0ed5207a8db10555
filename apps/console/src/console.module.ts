import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, type DynamicModule, Get, Header, Inject, Module } from '@nestjs/common';
import { HealthModule } from '@polyroom/nest-service';
import { configToken } from './config-token.js';
import { type ConsoleConfig } from './console.config.js';
import { ConsolePageController } from './console-page.controller.js';

/** Configuration of the page before its first login. */
export interface PageConfig {
  gateways: string[];
  demoApps: { appId: number; appSign: string; name: string }[];
}

@Controller()
class PageConfigController {
  constructor(@Inject(configToken) private readonly config: ConsoleConfig) {}

  @Get('config.json')
  @Header('cache-control', 'no-store')
  getConfig(): PageConfig {
    return { gateways: this.config.POLYROOM_GATEWAY_URLS, demoApps: this.config.POLYROOM_DEMO_APPS };
  }
}

/** The web pages' own server: it only serves files and the gateway URLs. */
@Module({})
export class ConsoleModule {
  static register(config: ConsoleConfig): DynamicModule {
    return {
      module: ConsoleModule,
      imports: [
        HealthModule.register({
          onMonitorPort: true,
          checks: { page: () => access(join(config.POLYROOM_CONSOLE_DIR, 'index.html')) },
        }),
      ],
      controllers: [PageConfigController, ConsolePageController],
      providers: [{ provide: configToken, useValue: config }],
    };
  }
}
