import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../paths.js';
import { type Schema, tableOf } from './schema-table.js';

interface AsyncApiDocument {
  info: { version: string };
  components: { messages: Record<string, { payload: { properties: Record<string, Schema> } }> };
}

/** Writes pages of the site with the requests and events of the client protocol, from the AsyncAPI document. */
export async function writeFrames(): Promise<void> {
  const document = JSON.parse(
    await readFile(join(paths.docsDir, 'asyncapi.json'), 'utf8'),
  ) as AsyncApiDocument;
  const { messages } = document.components;
  const namesOf = (kind: string): string[] =>
    Object.keys(messages)
      .filter((key) => key.startsWith(`${kind}.`))
      .map((key) => key.slice(kind.length + 1));
  const tableFor = (key: string, field: string): string =>
    tableOf(messages[key]!.payload.properties[field]!, field === 'params' ? 'required' : 'always');
  const dir = join(paths.stageDir, 'frames');
  await mkdir(dir);

  const requests = namesOf('request').map(
    (name) =>
      `## ${name}\n\n**Parameters**\n\n${tableFor(`request.${name}`, 'params')}\n\n**Result**\n\n${tableFor(`result.${name}`, 'result')}`,
  );
  const events = namesOf('event').map((name) => `## ${name}\n\n${tableFor(`event.${name}`, 'data')}`);
  const refusal = `## Refusal\n\nThe \`error\` of an answer.\n\n${tableFor('error', 'error')}`;
  await writeFile(
    join(dir, 'requests.md'),
    `# Client protocol: requests\n\n${introduction('{id, method, params}', '{id, result}')} A refused request is answered with \`{id, error}\`.\n\n${requests.join('\n\n')}\n\n${refusal}\n`,
  );
  await writeFile(
    join(dir, 'events.md'),
    `# Client protocol: events\n\n${introduction('{event, data}')}\n\n${events.join('\n\n')}\n`,
  );
}

function introduction(sent: string, answered?: string): string {
  const shapes =
    answered === undefined
      ? `A gateway sends \`${sent}\``
      : `A client sends \`${sent}\`, and gets \`${answered}\``;
  return `${shapes}, from the [AsyncAPI document](/asyncapi.json){target="_self"}; [protocol](../protocol.md) explains what each does.`;
}
