/** Jest's globalTeardown. */
export { close as default } from './shared-cluster.mjs';
