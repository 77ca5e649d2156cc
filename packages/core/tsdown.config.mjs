import { library } from '../../tsdown.base.mjs';

export default library({
  entry: ['src/index.ts', 'src/testing/index.ts'],
  // `Symbol.asyncDispose` is in no lib that a project must have.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  // Its licence is in THIRD-PARTY-LICENSES.txt.
  deps: { onlyBundle: ['nanoevents'] },
});
