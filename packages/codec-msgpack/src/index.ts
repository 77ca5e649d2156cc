export { msgpack } from './codec.ts';
