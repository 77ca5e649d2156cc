/** The device's store with all its scripts. */
import { addTo as addData } from '../src/device/data.ts';
import { addTo as addIncrement } from '../src/device/increment.ts';
import { addTo as addMsgpack } from '../src/device/msgpack.ts';
import * as isokv from '../src/device/open.ts';
import { addTo as addIndex } from '../src/device/sorted-index.ts';
import { addTo as addUpkeep } from '../src/device/upkeep.ts';
import { addAll } from '../src/whole-engine.ts';

addAll();
for (const addTo of [addData, addIncrement, addMsgpack, addIndex, addUpkeep]) addTo(isokv);

export const open: typeof isokv.open = isokv.open;
