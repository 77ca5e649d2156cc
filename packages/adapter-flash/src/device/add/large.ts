export { addTo } from '../large.ts';
