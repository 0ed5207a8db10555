// Sizes of what an application bundles, with its dependencies, minified and compressed.
const path = 'package/dist/index.js';

export default [
  {
    name: 'rooms and messages',
    path,
    import: '{ Client }',
    ignore: ['mediasoup-client'],
    gzip: true,
    limit: '35 kB',
  },
  { name: 'with media', path, import: '{ Client, capture }', gzip: true, limit: '75 kB' },
  { name: 'one enum', path, import: '{ QualityLevel }', gzip: true, limit: '1 kB' },
];
