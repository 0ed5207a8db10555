// Sizes of what an application bundles, minified and compressed.
const one = (path, name) => ({
  name: `${name} of ${path}`,
  path,
  import: `{ ${name} }`,
  gzip: true,
  limit: '1 kB',
});

export default [one('package/dist/index.js', 'ZegoUpdateType'), one('package/dist/web.js', 'ZegoUser')];
