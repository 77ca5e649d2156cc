export { addTo } from '../crc32.ts';
