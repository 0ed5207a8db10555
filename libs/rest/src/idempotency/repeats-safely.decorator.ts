import { Reflector } from '@nestjs/core';

/** Marks a route, depending on the body, whose act takes place once also if it is carried out again with the same key. */
export const RepeatsSafely = Reflector.createDecorator<(body: Record<string, unknown>) => boolean>();
