export { addTo } from '../increment.ts';
