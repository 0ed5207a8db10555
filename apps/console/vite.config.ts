import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: page('.'),
  // Relative, so that the page works behind a proxy under any path.
  base: './',
  // Uses the libraries' sources, so that the page needs no prior build of them.
  resolve: { conditions: ['@polyroom/source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist-web',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: [page('index.html'), page('audit.html'), page('admin.html')] },
  },
});
