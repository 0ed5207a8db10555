/** Jest's globalTeardown. */
export { close as default } from './spec-run.mjs';
