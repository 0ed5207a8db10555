import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page of the specs, with React's development build: only that one runs effects twice in Strict Mode. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  mode: 'development',
  define: { 'process.env.NODE_ENV': '"development"' },
  resolve: { conditions: ['@polyroom/source', 'module', 'browser', 'development'] },
  build: {
    target: 'es2022',
    minify: false,
    rolldownOptions: {
      // The marks for React's server components.
      onLog: (level, log, handle) => log.code === 'MODULE_LEVEL_DIRECTIVE' || handle(level, log),
    },
  },
});
