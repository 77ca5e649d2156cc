/** What a frame is part of: the low bits of its flags. */
export const commit = 0 as const;
export const header = 1 as const;
export const block = 2 as const;
export const runEnd = 3 as const;
