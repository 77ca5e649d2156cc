export const USAGE = `isokv-flash: makes images of flash, and looks into them.

  isokv-flash build <data> <image>    an image that holds the data: JSON, JSON Lines or toData()
      --pages <number>                how many pages it has (16)
      --page-size <bytes>             4096 if not given; --unit <bytes> 4, 8 or 16: the smallest write (4)
  isokv-flash list <image>            all entries, or those of --namespace <name>
  isokv-flash get <image> <key>       one value; --namespace <name>
  isokv-flash check <image>           says where it is damaged, byte by byte
  isokv-flash export <image> [file]   the entries as --format json (the default), jsonl or binary, as toData() has them
  isokv-flash draw <image> [file]     its pages: an SVG file, or a map on the terminal

  --force       write over a file that is there
  --progress    say how far it is, also when no terminal looks on
  --help        this text

An image says itself how large its pages and units are; --page-size and --unit are for one that does not.
<data> and <image> may be - for standard input, what is written - for standard output.

Exit codes: 0 done; 1 the image is damaged or no image, or there is no such key; 2 wrong usage;
3 a file that cannot be read or written, data that cannot be taken, or no room; 130 interrupted.
`;
