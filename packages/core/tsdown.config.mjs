import { library } from '../../tsdown.base.mjs';

export default library({
  entry: ['src/index.ts', 'src/testing/index.ts'],
  // Its licence is in THIRD-PARTY-LICENSES.txt.
  deps: { onlyBundle: ['nanoevents'] },
});
