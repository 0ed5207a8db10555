import { type ArgumentsHost, Catch, Inject } from '@nestjs/common';
import { AppError } from '@polyroom/contracts';
import { ErrorFilter, LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type Observable } from 'rxjs';

interface HttpReply {
  header(name: string, value: string): unknown;
}

/** The common error replies, with the headers that HTTP clients of WHIP and WHEP act on. */
@Catch()
export class ErrorHeadersFilter extends ErrorFilter {
  constructor(@Inject(LOGGER) logger: Logger) {
    super(logger);
  }

  override catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (error instanceof AppError) {
      const reply = host.switchToHttp().getResponse<HttpReply>();
      if (error.category === 'unauthenticated') {
        reply.header('www-authenticate', 'Bearer');
      }
      if (error.retryable) {
        reply.header('retry-after', '1');
      }
    }
    return super.catch(error, host);
  }
}
