import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientGenerators, digestOf, writeClient } from './clients/client-generators.js';
import { renderClientDocument } from './clients/render-client-document.js';
import { openApiFile, rootDir } from './pages.js';
import { type OpenApi } from './server-operations.js';

const document = renderClientDocument(JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApi);
const digest = await digestOf(rootDir, document);
const folder = await mkdtemp(join(tmpdir(), 'polyroom-clients-'));
try {
  const documentFile = join(folder, 'openapi.json');
  await writeFile(documentFile, document);
  for (const generator of clientGenerators) {
    const missing = generator.missing();
    if (missing === undefined) {
      await writeClient(generator, rootDir, { digest, documentFile });
    }
    process.stdout.write(
      missing === undefined ? `${generator.folder}\n` : `skipped ${generator.language}: ${missing}\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
