import { Reflector } from '@nestjs/core';

/** Marks a controller whose routes authenticate the caller themselves: they are the way to a credential. */
export const OwnAuthentication = Reflector.createDecorator<true>();
