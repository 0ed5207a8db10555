import { expect, test } from '@jest/globals';
import { parseCodeBlocks } from './code-blocks.js';

const page = `# Page

\`\`\`sh
npm start
\`\`\`

1. In a list:

   <!-- excerpt: needs Kubernetes -->

   \`\`\`sh
   kubectl get pods
     indented
   \`\`\`

\`\`\`
output
\`\`\`
`;

test('finds the blocks of a page with line, language, code and the reason of an excerpt', () => {
  expect(parseCodeBlocks(page)).toEqual([
    { line: 4, language: 'sh', code: 'npm start\n', excerpt: undefined },
    { line: 12, language: 'sh', code: 'kubectl get pods\n  indented\n', excerpt: 'needs Kubernetes' },
    { line: 17, language: '', code: 'output\n', excerpt: undefined },
  ]);
});
