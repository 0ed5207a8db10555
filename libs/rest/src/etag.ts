import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { AppError, describeArgument } from '@polyroom/contracts';
import { ApiOptionalHeader } from '@polyroom/nest-service/open-api';

/** The used part of Fastify's reply. */
export interface Reply {
  header(name: string, value: string): unknown;
}

const anyState = '*';
const tagPattern = /^"([\x21\x23-\x7e]{0,64})"$/;

export function setEtag(reply: Reply, tag: string): void {
  reply.header('etag', `"${tag}"`);
}

/** The expected ETag without its quotes; undefined without the header, '' for any state. */
export const IfMatch = createParamDecorator((_data: undefined, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
  const value = headers['if-match']?.trim();
  if (value === undefined || value === anyState) {
    return value === undefined ? undefined : '';
  }
  const tag = tagPattern.exec(value)?.[1];
  if (tag === undefined || tag === '') {
    const path = 'if-match';
    throw new AppError('COMMON_ILLEGAL_PARAM', {
      message: describeArgument(path, 'not one ETag in quotes, or *'),
      details: { path },
    });
  }
  return tag;
});

/** Describes the header of the reply. */
export const ApiEtag = (): MethodDecorator =>
  ApiResponse({
    status: 200,
    description: 'Success',
    headers: { ETag: { description: 'The state that was read.', schema: { type: 'string' } } },
  });

/** Describes the header of the request. */
export const ApiIfMatch = (): MethodDecorator =>
  applyDecorators(
    ApiOptionalHeader(
      'If-Match',
      'The ETag of the state that the change replaces: 412 if there is a newer one.',
    ),
  );
