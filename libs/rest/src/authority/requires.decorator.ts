import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { type Permission } from '@polyroom/contracts';

/** The permission of a route. */
export const requiredPermission = Reflector.createDecorator<Permission>();

/** Declares the permission of a route; also shown in the OpenAPI document. */
export function Requires(permission: Permission): MethodDecorator {
  return applyDecorators(requiredPermission(permission), ApiExtension('x-permission', permission));
}
