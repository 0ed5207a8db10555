import { readText } from './repository.js';

/** The entries of a unit file by section, in their order: a name may repeat. */
export function readUnit(path: string): Record<string, [name: string, value: string][]> {
  const sections: Record<string, [string, string][]> = {};
  let section: [string, string][] = [];
  for (const line of readText(path).split('\n')) {
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections[header] = [];
    } else if (line !== '' && !line.startsWith('#')) {
      const at = line.indexOf('=');
      if (at < 1) {
        throw new Error(`${path}: not an entry: ${line}`);
      }
      section.push([line.slice(0, at), line.slice(at + 1)]);
    }
  }
  return sections;
}
