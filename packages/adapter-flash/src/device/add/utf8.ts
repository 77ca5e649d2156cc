export { addTo } from '../utf8.ts';
