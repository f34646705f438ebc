// What may import what, types included; `npm run lint` checks it (docs/architecture.md draws it).
// Between packages, biome.json has the rules.

/**
 * The folders of a package's src, from the ground up: each imports those before it. Folders in one
 * list stand side by side and do not import each other.
 */
const orders = {
  core: [
    'contracts',
    'util',
    ['graphs', 'ort'],
    'model',
    'image',
    'raster',
    'maps',
    'prompts',
    'segmentation',
    'postprocess',
    ['formats', 'metrics'],
    'evaluation',
    'testing',
    'entries',
  ],
  node: [['native', 'http', 'cache'], ['image', 'hub'], 'sources', 'cli', 'entries'],
  web: ['files', ['devices', 'image'], 'worker', 'main-thread', 'entries'],
  convert: ['files', ['checkpoint', 'onnx'], 'quantize', 'clipseg', 'calibration'],
  react: ['store', 'components'],
};

const folder = (name, names) => `^packages/${name}/src/(${names.join('|')})/`;

/** No folder imports what is above it. */
const upwards = ([name, order]) =>
  order.flatMap((level, i) =>
    [level].flat().map((from) => {
      const beside = [level].flat().filter((other) => other !== from);
      const above = [...beside, ...order.slice(i + 1).flat()];
      return {
        name: `${name}: ${from} imports from the ground up`,
        severity: 'error',
        from: { path: folder(name, [from]) },
        to: { path: folder(name, above) },
      };
    }),
  );

/** The files that stand in src itself put everything together: no folder imports them. */
const toTheRoot = (name, but = []) => ({
  name: `${name}: no folder${but.length > 0 ? ` but ${but.join(' and ')}` : ''} imports the files above it`,
  severity: 'error',
  from: { path: `^packages/${name}/src/[^/]+/`, pathNot: but.length > 0 ? folder(name, but) : [] },
  to: { path: `^packages/${name}/src/[^/]+$` },
});

/** A new folder needs its place in the order. */
const known = ([name, order]) => ({
  name: `${name}: every folder has its place in the order`,
  severity: 'error',
  from: { path: `^packages/${name}/src/[^/]+/`, pathNot: folder(name, order.flat()) },
  to: {},
});

const only = (from, to) => ({
  name: `core: ${from} imports ${to.join(' and ')} only`,
  severity: 'error',
  from: { path: folder('core', [from]) },
  to: { pathNot: folder('core', to) },
});

export default {
  forbidden: [
    {
      name: 'no import circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(orders).flatMap(upwards),
    ...Object.entries(orders).map(known),
    toTheRoot('convert'),
    toTheRoot('core', ['testing', 'entries']),
    toTheRoot('node', ['cli', 'entries']),
    toTheRoot('web', ['entries']),
    toTheRoot('react', ['components']),
    {
      name: 'node: only the entries of the command import it',
      severity: 'error',
      from: { path: '^packages/node/src/[^/]+$', pathNot: '^packages/node/src/cli(-worker)?.ts$' },
      to: { path: folder('node', ['cli']) },
    },
    {
      name: 'react: hooks do not import components',
      severity: 'error',
      from: { path: '^packages/react/src/[^/]+$', pathNot: '^packages/react/src/index.ts$' },
      to: { path: folder('react', ['components']) },
    },
    only('contracts', ['contracts']),
    only('ort', ['ort', 'contracts', 'util']),
  ],
  options: {
    tsPreCompilationDeps: true,
    exclude: { path: '\\.test\\.tsx?$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@clipseg/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
