export { addTo } from '../data.ts';
