export { addTo } from '../upkeep.ts';
