import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError } from '../testing/call.ts';
import { FaultyFileSystem } from '../testing/faulty-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

test('every operation that fails leaves the file, a store that goes on, and no temporary file', async () => {
  let done = false;
  for (let at = 0; !done; at++) {
    const fs = new FaultyFileSystem();
    await folder.within((store) => store.set('a', 1));
    const store = await folder.open({ fs });
    let calls = 0;
    fs.before = () => {
      if (calls++ === at) throw systemError('EIO');
      return undefined;
    };
    const failed = await store.set('a', 2).then(
      () => false,
      () => true,
    );
    done = calls <= at;
    fs.before = () => undefined;
    const { namespaces } = JSON.parse(folder.text());
    expect(namespaces[''].a.value).toBeOneOf(failed ? [1, 2] : [2]);
    expect(store.get('a')).toBe(2);
    await store.set('b', 3);
    expect(JSON.parse(folder.text()).namespaces['']).toMatchObject({ a: { value: 2 }, b: { value: 3 } });
    await store.close();
    expect(fs.handles).toBe(0);
    await folder.within(() => expect(folder.names()).toEqual(['a.json', 'a.json.bak']));
    folder.empty();
  }
});
