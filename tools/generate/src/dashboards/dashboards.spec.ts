import { describe, expect, test } from '@jest/globals';
import { dashboards } from './dashboards.js';
import { renderDashboard } from './render-dashboard.js';

interface Rendered {
  panels: {
    id: number;
    title: string;
    description?: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: { refId: string }[];
  }[];
}

describe.each(dashboards)('the dashboard $name', (dashboard) => {
  const { panels } = JSON.parse(renderDashboard(dashboard)) as Rendered;

  test('places its panels side by side, none over another', () => {
    const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => ({
        title,
        at: `${x + (cell % w)} ${y + Math.floor(cell / w)}`,
      })),
    );
    const seen = new Map<string, string>();
    for (const { title, at } of cells) {
      expect({ at, over: seen.get(at) }).toEqual({ at, over: undefined });
      seen.set(at, title);
    }
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  test('names and describes each panel, and each of its queries once', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { title, description, targets } of panels) {
      const ids = (targets ?? []).map(({ refId }) => refId);
      expect({ title, ids: [...new Set(ids)] }).toEqual({ title, ids });
      expect({ title, isDescribed: targets === undefined || description !== '' }).toEqual({
        title,
        isDescribed: true,
      });
    }
  });
});
