/**
 * Serves the built demo as hosts of static files do, with ten minutes in the cache of the browser. It can be taken away,
 * and can publish another version, which the server of the other tests must not.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../demo/dist/', import.meta.url));
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};
const ENTRY_ASSET = /(assets\/index-[\w-]+)(\.js|\.css)/g;

export interface StaticServerOptions {
  /** A module that runs in the page as well, and waits for no other. */
  readonly script?: string;
  /** What is answered to POST requests, by path: of the body, a text. */
  readonly answers?: Readonly<Record<string, (body: string) => string>>;
}

export interface StaticServer {
  readonly url: string;
  /** From now on another version: with `data-version` on its page, and entry assets of other names, the old ones gone. */
  publish(version: string): void;
  stop(): Promise<void>;
}

export async function serveDemo({ script, answers = {} }: StaticServerOptions = {}): Promise<StaticServer> {
  let version = '';
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const answer = answers[path];
    if (answer && request.method === 'POST') return void response.end(answer(await bodyOf(request)));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const content = await readFile(join(ROOT, nameIn(version, file)));
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.setHeader('cache-control', 'max-age=600');
      if (file === '/index.html' || file === '/sw.js')
        response.end(withScript(ofVersion(version, content.toString()), script));
      else response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    publish(next) {
      version = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The page, or its worker, as a build of other sources would make it. */
function ofVersion(version: string, text: string): string {
  if (version === '') return text;
  return text
    .replace(ENTRY_ASSET, `$1.${version}$2`)
    .replace('<html', `<html data-version="${version}"`)
    .replace(/isokv-demo-[0-9a-f]{12}/, `$&-${version}`);
}

/** Where the built file is that has this name in a version. @throws when it has no such file */
function nameIn(version: string, file: string): string {
  const isEntry = file.search(ENTRY_ASSET) >= 0 || file.includes(`.${version}.`);
  if (version === '' || !isEntry) return file;
  if (!file.includes(`.${version}.`)) throw new Error(`${file} is of another version`);
  return file.replace(`.${version}.`, '.');
}

function withScript(page: string, script: string | undefined): string {
  if (!script) return page;
  return page.replace('</body>', () => `<script type="module" async>${script}</script></body>`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
