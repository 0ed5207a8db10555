import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vite';
import base from './vite.config.js';

/** The pages for tests and development, which are not part of the product. */
export default mergeConfig(
  base,
  defineConfig({
    build: {
      outDir: 'dist-test-pages',
      rolldownOptions: { input: fileURLToPath(new URL('harness.html', import.meta.url)) },
    },
  }),
);
