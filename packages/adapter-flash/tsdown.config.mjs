import { library } from '../../tsdown.base.mjs';

export default [
  library({ entry: ['src/index.ts', 'src/node.ts', 'src/testing/index.ts', 'src/cli/main.ts'] }),
  // The types of what scripts/build-device.mjs builds then: scripts, hence CommonJS.
  library({
    entry: {
      device: 'src/device/index.ts',
      'device-crc32': 'src/device/add/crc32.ts',
      'device-utf8': 'src/device/add/utf8.ts',
      'device-summary': 'src/device/add/summary.ts',
      'device-large': 'src/device/add/large.ts',
      'device-data': 'src/device/add/data.ts',
      'device-msgpack': 'src/device/add/msgpack.ts',
      'device-index': 'src/device/add/index.ts',
      'device-increment': 'src/device/add/increment.ts',
      'device-upkeep': 'src/device/add/upkeep.ts',
    },
    format: 'cjs',
    dts: { emitDtsOnly: true },
    clean: false,
    copy: [], // The other has: both at once would be in each other's way.
  }),
];
