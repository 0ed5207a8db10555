import { join } from 'node:path';
import { Application, ReflectionKind } from 'typedoc';
import { paths } from './paths.js';

/** The entry points of the published packages. */
const entryPoints: Record<string, string> = {
  'libs/client/src/index.ts': '@polyroom/sdk',
  'libs/client/src/node.ts': '@polyroom/sdk/node',
  'libs/client/src/react-native.ts': '@polyroom/sdk/react-native',
  'libs/react/src/index.ts': '@polyroom/react',
  'libs/server-sdk/src/index.ts': '@polyroom/server-sdk',
  'libs/zego/src/native/index.ts': '@polyroom/zego',
  'libs/zego/src/web/index.ts': '@polyroom/zego/web',
};

/** Writes a page for each package, class and function, from their comments. */
export async function writeReference(): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: join(paths.workspaceDir, 'tsconfig.api.json'),
    entryPoints: Object.keys(entryPoints).map((path) => join(paths.rootDir, path)),
    alwaysCreateEntryPointModule: true,
    out: join(paths.stageDir, 'reference'),
    name: 'SDK reference',
    readme: 'none',
    disableSources: true,
    // The build of the workspaces has checked the types.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    githubPages: false,
    logLevel: 'Error',
    // Of the plugin.
    ...({
      entryFileName: 'index.md',
      hideBreadcrumbs: true,
      hidePageHeader: true,
      membersWithOwnFile: ['Class', 'Function'],
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      enumMembersFormat: 'table',
      useCodeBlocks: true,
      expandObjects: true,
      sanitizeComments: true,
    } as object),
  });
  const project = await app.convert();
  if (project === undefined) {
    throw new Error('TypeDoc found no exports');
  }
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    // TypeDoc names a module by its path below the folder that all of them have in common.
    const path = Object.keys(entryPoints).find(
      (each) => each.replace(/^libs\//, '').replace(/(\/index)?\.ts$/, '') === module.name,
    );
    if (path === undefined) {
      throw new Error(`no package has the module ${module.name}`);
    }
    module.name = entryPoints[path]!;
  }
  await app.generateOutputs(project);
}
