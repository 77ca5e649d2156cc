import { library } from '../../tsdown.base.mjs';

export default [
  library({ entry: ['src/index.ts', 'src/node.ts', 'src/testing/index.ts', 'src/cli/main.ts'] }),
  // The types of what scripts/build-device.mjs builds then: a script, hence CommonJS.
  library({
    entry: { device: 'src/device/open.ts' },
    format: 'cjs',
    dts: { emitDtsOnly: true },
    clean: false,
  }),
];
