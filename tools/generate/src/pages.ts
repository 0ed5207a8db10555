import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderAsyncApi } from './render-async-api.js';
import { renderErrors } from './render-errors.js';
import { renderLimits } from './render-limits.js';
import { renderOpenApi } from './render-open-api.js';
import { renderZegoCalls } from './render-zego-calls.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** A page of the documentation that is generated from code. */
export interface Page {
  file: string;
  render: () => string;
}

/** Every page that the generator writes and the spec compares. */
export const pages: Page[] = [
  { file: join(rootDir, 'docs', 'errors.md'), render: renderErrors },
  { file: join(rootDir, 'docs', 'limits.md'), render: renderLimits },
  { file: join(rootDir, 'docs', 'asyncapi.json'), render: renderAsyncApi },
  { file: join(rootDir, 'docs', 'zego.md'), render: renderZegoCalls },
  { file: join(rootDir, 'docs', 'openapi.json'), render: () => renderOpenApi(rootDir) },
];
