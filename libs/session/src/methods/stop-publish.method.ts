import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { Publications } from '../session/publications.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.stopPublish`: ends a stream in all rooms. Idempotent. */
@HandlesClientMethod('stream.stopPublish')
export class StopPublishMethod implements MethodHandler<'stream.stopPublish'> {
  constructor(private readonly publications: Publications) {}

  async handle(
    request: MethodRequest,
    { streamId }: ClientParams<'stream.stopPublish'>,
  ): Promise<ClientResult<'stream.stopPublish'>> {
    await this.publications.stop(getSession(request), streamId);
    return {};
  }
}
