export { addTo } from '../sorted-index.ts';
