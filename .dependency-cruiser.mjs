import { fileURLToPath } from 'node:url';

/** The layers of libs/session, the highest first. A layer imports those below it; neighbours do not import each other. */
const sessionLayers = [['methods'], ['session'], ['rooms'], ['media', 'messages'], ['connection']];

const layerRules = sessionLayers.flatMap((layers, depth) =>
  layers.map((layer) => ({
    name: `session-layer-${layer}`,
    comment: `libs/session/src/${layer} imports only the layers below it.`,
    severity: 'error',
    from: { path: `^libs/session/src/${layer}/` },
    to: {
      path: sessionLayers
        .slice(0, depth + 1)
        .flat()
        .filter((name) => name !== layer)
        .map((name) => `^libs/session/src/${name}/`),
    },
  })),
);

/** The Nx tags (eslint.config.mjs) decide which projects may import which; these rules cover the rest. */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no order to read, test or load it in. Type imports count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-import-no-apps',
      comment: 'Apps talk over the bus. What two of them share is a library.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'all-in-one-imports-services',
      comment: 'The process of all services starts apps, and uses nothing else of them.',
      severity: 'error',
      from: { path: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: '^apps/(all-in-one/|[^/]+/src/service.ts$)' },
    },
    ...layerRules.filter(({ to }) => to.path.length > 0),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|dist-site|dist-web|generated|node_modules|stage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: fileURLToPath(new URL('tsconfig.base.json', import.meta.url)) },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@polyroom/source', 'types', 'node', 'import', 'default'],
    },
  },
};
