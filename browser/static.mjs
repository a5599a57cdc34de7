// A server for pages that are files, with the headers that the program sends as well, so that
// what works here works there: no inline scripts or styles, nothing from elsewhere.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Serves texts by address (`pages`: an object, or a function of the request), then files of `folder`. */
export async function serve({ pages = {}, folder } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const page = typeof pages === 'function' ? pages(request) : pages[pathname];
    let body = page;
    let type = types[path.extname(pathname)] ?? types['.html'];
    if (body === undefined && folder) {
      // The resolved file has to stay inside the folder, whatever the address says.
      const file = path.resolve(folder, `.${decodeURIComponent(pathname)}`);
      if (file.startsWith(path.resolve(folder) + path.sep)) {
        body = await readFile(file).catch(() => undefined);
        type = types[path.extname(file)] ?? 'application/octet-stream';
      }
    }
    // Browsers ask for it unbidden.
    const status = body !== undefined ? 200 : pathname === '/favicon.ico' ? 204 : 404;
    response.writeHead(status, { 'content-type': type, 'content-security-policy': policy });
    response.end(status === 404 ? 'not here' : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
