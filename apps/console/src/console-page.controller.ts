import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header, Inject, NotFoundException, Res } from '@nestjs/common';
import { type ConsoleConfig } from './console.config.js';
import { configToken } from './config-token.js';
import { contentSecurityPolicy, policyText } from './content-security-policy.js';

/** In the built page. */
const placeholder = '__CSP_NONCE__';
const nonceBytes = 16;

interface PageResponse {
  header(name: string, value: string): unknown;
}

/**
 * The operators' page. It asks the gateways over REST, and its components insert style elements, which need the nonce
 * of the answer.
 */
@Controller()
export class ConsolePageController {
  constructor(@Inject(configToken) private readonly config: ConsoleConfig) {}

  @Get('admin.html')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async getPage(@Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const page = await this.readPage();
    const nonce = randomBytes(nonceBytes).toString('base64url');
    response.header(
      'content-security-policy',
      policyText({
        ...contentSecurityPolicy,
        'connect-src': ["'self'", 'http:', 'https:'],
        'style-src': ["'self'", `'nonce-${nonce}'`],
      }),
    );
    return page.replaceAll(placeholder, nonce);
  }

  private async readPage(): Promise<string> {
    try {
      return await readFile(join(this.config.POLYROOM_CONSOLE_DIR, 'admin.html'), 'utf8');
    } catch {
      throw new NotFoundException('the page is not built');
    }
  }
}
