export { addTo } from '../msgpack.ts';
