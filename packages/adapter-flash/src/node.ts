export { type FileFlash, type FileFlashOptions, fileFlash } from './devices/file-flash.ts';
