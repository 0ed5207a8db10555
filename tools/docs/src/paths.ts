import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspaceDir = join(dirname(fileURLToPath(import.meta.url)), '..');

export const paths = {
  rootDir: join(workspaceDir, '..', '..'),
  /** The root of VitePress: its folder `.vitepress` has configuration and theme. */
  workspaceDir,
  /** The pages of the repository. */
  docsDir: join(workspaceDir, '..', '..', 'docs'),
  /** Pages of the site alone. */
  ownPagesDir: join(workspaceDir, 'pages'),
  /** What VitePress reads: the pages, the reference and the sources that pages link to. Written by the build. */
  stageDir: join(workspaceDir, 'stage'),
  /** The built site. */
  siteDir: join(workspaceDir, 'dist-site'),
};
