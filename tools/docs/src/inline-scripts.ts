import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const inline = /<script((?:\s(?!src=)[\w-]+(?:="[^"]*")?)*)>([^<]+)<\/script>/g;

/**
 * Moves the inline scripts of a page to files, because the content security policy of the console allows no inline
 * scripts. They block the page as before, so that the colour scheme is right from its first paint.
 */
export function moveInlineScripts(html: string, htmlFile: string, siteDir: string): string {
  return html.replaceAll(inline, (_whole, attributes: string, code: string) => {
    const name = `assets/inline.${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`;
    const file = join(siteDir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    return `<script${attributes} src="${relative(dirname(htmlFile), file)}"></script>`;
  });
}
