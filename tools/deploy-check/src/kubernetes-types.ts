import { join } from 'node:path';
import ts from 'typescript';
import { type Manifest } from './manifest.js';
import { rootDir } from './repository.js';

/**
 * Checks every object against the types of kubernetes-types, for the oldest Kubernetes version that
 * docs/operations.md names. An object literal must not have a property that its type lacks: as strict as
 * `kubectl apply --validate=strict`, without a cluster.
 */
const options: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  types: [],
  lib: ['lib.es2022.d.ts'],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true,
};
/** Only in memory; the folder is the base for resolving packages. */
const fileName = join(rootDir, 'tools/deploy-check/src/manifests.generated.ts');
const host = ts.createCompilerHost(options);
const parsedFiles = new Map<string, ts.SourceFile | undefined>();

/**
 * What Kubernetes would refuse in these objects, as sentences that name the object; empty if there is
 * nothing.
 */
export function findTypeProblems(manifests: Manifest[]): string[] {
  const statements = manifests.map(toStatement);
  const source = ts.createSourceFile(fileName, statements.join(''), ts.ScriptTarget.ES2022);
  const program = ts.createProgram([fileName], options, {
    ...host,
    getSourceFile: (name, version) => (name === fileName ? source : parseOnce(name, version)),
  });
  return ts.getPreEmitDiagnostics(program).map(({ start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    const at = findAt(manifests, statements, start ?? 0);
    return at === undefined ? message : `${at.kind} ${at.metadata.name}: ${message}`;
  });
}

/** One object as a constant of its type: JSON is an object literal. */
function toStatement(manifest: Manifest, index: number): string {
  const [group, version] = manifest.apiVersion.includes('/')
    ? manifest.apiVersion.split('/')
    : ['core', manifest.apiVersion];
  const module = `kubernetes-types/${group!.split('.')[0]}/${version}`;
  return `import { type ${manifest.kind} as Kind${index} } from '${module}';
export const object${index}: Kind${index} = ${JSON.stringify(manifest, undefined, 1)};
`;
}

function findAt(manifests: Manifest[], statements: string[], position: number): Manifest | undefined {
  let end = 0;
  return manifests.find((_manifest, index) => {
    end += statements[index]!.length;
    return position < end;
  });
}

function parseOnce(
  name: string,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  if (!parsedFiles.has(name)) {
    parsedFiles.set(name, host.getSourceFile(name, version));
  }
  return parsedFiles.get(name);
}
