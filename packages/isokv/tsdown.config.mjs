import { library } from '../../tsdown.base.mjs';

export default library({
  entry: ['src/node.ts', 'src/browser.ts', 'src/default.ts'],
  copy: [
    { from: '../../LICENSE', to: '.' },
    { from: 'src/anywhere.d.ts', to: 'dist' },
  ],
});
