import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type ClientMethod, type ErrorName } from '@polyroom/contracts';

export interface ClientMethodOptions {
  /** Replaces 1002060 as the error for an empty `roomId`. */
  emptyRoomIdError?: ErrorName;
}

/** The metadata under which ClientMethods finds the handlers. */
export const clientMethodHandler = DiscoveryService.createDecorator<
  ClientMethodOptions & { method: ClientMethod }
>();

/** Makes a provider the handler of one method of the client protocol. */
export function HandlesClientMethod(method: ClientMethod, options: ClientMethodOptions = {}): ClassDecorator {
  return applyDecorators(Injectable(), clientMethodHandler({ method, ...options })) as ClassDecorator;
}
