import { renderMermaidSVG } from 'beautiful-mermaid';
import { type MarkdownRenderer } from 'vitepress';

/**
 * Draws the Mermaid diagrams of a page at build time, as SVG in the page: no script draws them in the browser. Colours
 * are variables of the site's style sheet (`.diagram`), which a style element in the SVG would need an exception
 * of the content security policy for.
 */
export function drawDiagrams(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  if (fence === undefined) {
    throw new Error('the Markdown renderer has no rule for fences');
  }
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index]!;
    return info.trim() === 'mermaid' ? `${drawDiagram(content)}\n` : fence(tokens, index, ...rest);
  };
}

/** @returns an element that Vue leaves as it is */
export function drawDiagram(source: string): string {
  const svg = renderMermaidSVG(source, { padding: 8, transparent: true })
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/^(<svg[^>]*?) style="[^"]*"/, '$1')
    // A blank line would end the block of HTML.
    .replaceAll(/\n\s*/g, ' ');
  return `<div class="diagram" tabindex="0" v-pre>${svg}</div>`;
}
