import { DCLinter } from 'dclint';

/** As dclint reports it; its type declarations cannot be resolved from ES modules. */
interface LintResult {
  messages: { rule: string; message: string }[];
}

/** Violations of the Compose specification's JSON schema, which `docker compose` validates first. */
export function findSchemaProblems(file: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const results: LintResult[] = linter.lintFiles([file], false);
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ rule }) => rule === 'invalid-schema' || rule === 'invalid-yaml')
    .map(({ message }) => message);
}
