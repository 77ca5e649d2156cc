export { addTo } from '../summary.ts';
