/** Serves the built demo, and can be taken away, which the server of the other tests must not be. */
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

export interface StaticServerOptions {
  /** A module that runs in the page as well, and waits for no other. */
  readonly script?: string;
  /** What is answered to POST requests, by path: of the body, a text. */
  readonly answers?: Readonly<Record<string, (body: string) => string>>;
}

export interface StaticServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function serveDemo({ script, answers = {} }: StaticServerOptions = {}): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const answer = answers[path];
    if (answer && request.method === 'POST') return void response.end(answer(await bodyOf(request)));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const content = await readFile(join(ROOT, file));
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(script && file === '/index.html' ? withScript(content, script) : content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function withScript(page: Buffer, script: string): string {
  return page.toString().replace('</body>', () => `<script type="module" async>${script}</script></body>`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
