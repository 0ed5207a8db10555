import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Smaller files fit into one packet anyway. */
const minBytes = 1400;

/** Writes a compressed copy beside each file, for browsers that accept it. */
const compress: Plugin = {
  name: 'compress',
  async writeBundle({ dir = '' }, bundle) {
    for (const [name, output] of Object.entries(bundle)) {
      const content = Buffer.from(output.type === 'chunk' ? output.code : output.source);
      if (content.length >= minBytes && /\.(js|css|svg)$/.test(name)) {
        await writeFile(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    }
  },
};

export default defineConfig({
  root: page('.'),
  // Relative, so that the page works behind a proxy under any path.
  base: './',
  // Uses the libraries' sources, so that the page needs no prior build of them.
  resolve: { conditions: ['@polyroom/source', 'module', 'browser', 'development|production'] },
  plugins: [compress],
  build: {
    outDir: 'dist-web',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      input: [
        page('index.html'),
        page('admin.html'),
        page('samples/co-hosting/index.html'),
        page('samples/small-class/index.html'),
      ],
      // Libraries mark modules for React's server components, which these pages are not.
      onLog: (level, log, handle) => log.code === 'MODULE_LEVEL_DIRECTIVE' || handle(level, log),
    },
  },
});
