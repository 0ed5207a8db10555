import { GUARDS_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { isHealthRoute } from '@polyroom/nest-service';
import { AuthorityGuard } from './authority.guard.js';
import { OwnAuthentication } from './own-authentication.decorator.js';
import { requiredPermission } from './requires.decorator.js';

/** The start fails if a route declares no permission or is not guarded, except those of a sign-in. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => this.findOpenRoutes(metatype));
    if (open.length > 0) {
      throw new Error(`routes without a permission or without the AuthorityGuard: ${open.join(', ')}`);
    }
  }

  private findOpenRoutes(controller: unknown): string[] {
    if (typeof controller !== 'function' || this.reflector.get(OwnAuthentication, controller) === true) {
      return [];
    }
    const prototype = controller.prototype as Record<string, () => unknown>;
    const guards = (Reflect.getMetadata(GUARDS_METADATA, controller) ?? []) as unknown[];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      if (Reflect.getMetadata(METHOD_METADATA, handler) === undefined) {
        return [];
      }
      const path = String(Reflect.getMetadata(PATH_METADATA, handler));
      const isGuarded =
        guards.includes(AuthorityGuard) && this.reflector.get(requiredPermission, handler) !== undefined;
      return isGuarded || isHealthRoute(`/${path}`) ? [] : [`${controller.name}.${name}`];
    });
  }
}
