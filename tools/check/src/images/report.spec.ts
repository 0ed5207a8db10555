import { expect, test } from '@jest/globals';
import { describeFigures, findExcesses, type ImageFigures } from './report.js';

const figures: ImageFigures = {
  service: 'room',
  bytes: 150_400_000,
  serviceBytes: 12_000_000,
  readyMs: [810, 1240],
  readyCpuMs: [700, 790],
  residentBytes: [80e6, 91e6],
};

test('describes the slowest and the largest container', () => {
  expect(describeFigures([figures]).split('\n')[2]).toBe('| room | 150 | 12 | 1.2 | 0.8 | 91 |');
});

test('a media image may be larger than the others', () => {
  const bytes = 200e6;
  expect(findExcesses([figures, { ...figures, service: 'media', bytes }])).toEqual([]);
  expect(findExcesses([{ ...figures, bytes }])).toEqual(['the image of room has 200 MB, at most 180']);
});

test('a slow start is reported', () => {
  expect(findExcesses([{ ...figures, readyMs: [900, 2600] }])).toEqual([
    'room was ready after 2.6 s, at most 2.0',
  ]);
});
