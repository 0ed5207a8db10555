// Sizes of what an application bundles besides React and @polyroom/sdk, minified and compressed.
const path = 'package/dist/index.js';
const ignore = ['react', '@polyroom/sdk'];

export default [
  { name: 'everything', path, ignore, gzip: true, limit: '5 kB' },
  { name: 'one room', path, import: '{ RoomsProvider, useRoom }', ignore, gzip: true, limit: '4 kB' },
];
