import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * The package that npm packs: one file with the workspaces that it uses, which no registry has. What a registry has
 * stays outside, in the `dependencies` of package.json.
 */
export default defineConfig({
  root: path('.'),
  resolve: { conditions: ['@polyroom/source', 'module', 'node', 'development|production'] },
  build: {
    outDir: 'dist',
    // The types, which tsc writes.
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    lib: { entry: path('src/index.ts'), formats: ['es'], fileName: () => 'index.js' },
    rolldownOptions: {
      external: /^(node:|jose$|zod$)/,
      // Of a workspace, the modules that are used: the schemas of the others are calls, which would stay.
      treeshake: { moduleSideEffects: false },
    },
  },
});
