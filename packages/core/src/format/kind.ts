/** What a frame is part of: the low bits of its flags. */
export const commit = 0;
export const header = 1;
export const block = 2;
export const runEnd = 3;
