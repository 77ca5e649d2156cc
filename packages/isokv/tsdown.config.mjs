import { library } from '../../tsdown.base.mjs';

export default library({ entry: ['src/node.ts', 'src/browser.ts', 'src/default.ts'] });
