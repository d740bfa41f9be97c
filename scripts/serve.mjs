// A small static server for the built site: single byte ranges, the headers of dist/_headers, nothing else.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";

const MEDIA_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * Serves a folder on the loopback interface. Takes the next free port when the wanted one is in use.
 *
 * @param {string} folder
 * @param {number} port 0 for any free one
 * @param {Readonly<Record<string, string>>} [overlays] other folders by the path that they cover, such as
 *   `{"/edition/sample/": "/some/folder"}`
 * @param {(pathname: string, bytes: number) => void} [onAnswer] hears of every answer with content
 * @returns {Promise<{address: string, close: () => Promise<void>}>}
 */
export async function serve(folder, port, overlays = {}, onAnswer = () => {}) {
  const rules = readHeaderRules(join(folder, "_headers"));
  const server = createServer((request, response) => {
    answer((pathname) => locate(folder, overlays, pathname), rules, request, response, onAnswer);
  });
  const taken = await listen(server, port);
  return {
    address: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (error.code === "EADDRINUSE" && port !== 0) resolve(listen(server, port + 1));
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => resolve(server.address().port));
  });
}

function answer(find, rules, request, response, onAnswer) {
  if (request.method !== "GET" && request.method !== "HEAD")
    return void response.writeHead(405).end();
  const pathname = decodePath(request.url ?? "/");
  const path = pathname === undefined ? undefined : find(pathname);
  if (path === undefined)
    return void response.writeHead(404, { "Content-Type": "text/plain" }).end("Not found");
  const size = statSync(path).size;
  const headers = {
    "Content-Type": MEDIA_TYPES[extname(path)] ?? "application/octet-stream",
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
    ...headersFor(rules, pathname),
  };
  const range = parseRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    return void response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
  }
  const { start, end } = range ?? { start: 0, end: size };
  headers["Content-Length"] = String(end - start);
  if (range !== undefined) headers["Content-Range"] = `bytes ${start}-${end - 1}/${size}`;
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (request.method === "HEAD" || start === end) return void response.end();
  onAnswer(pathname, end - start);
  createReadStream(path, { start, end: end - 1 })
    .on("error", () => response.destroy())
    .pipe(response);
}

function decodePath(url) {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
}

/** The file that a path names: in the overlay that covers the path, else in the folder. */
function locate(folder, overlays, pathname) {
  for (const [prefix, overlay] of Object.entries(overlays)) {
    if (pathname.startsWith(prefix)) return fileFor(overlay, pathname.slice(prefix.length));
  }
  return fileFor(folder, pathname);
}

/** The file that a path names, inside the folder; index.html for a folder. */
function fileFor(folder, pathname) {
  const path = normalize(join(folder, pathname));
  if (path !== normalize(folder) && !path.startsWith(normalize(folder + sep))) return undefined;
  if (!existsSync(path)) return undefined;
  if (statSync(path).isFile()) return path;
  const index = join(path, "index.html");
  return existsSync(index) ? index : undefined;
}

/** One `bytes=a-b` or `bytes=a-`; anything else is answered with the whole file, as HTTP allows. */
function parseRange(header, size) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  return start < end ? { start, end } : "unsatisfiable";
}

/** Reads the `_headers` file that static hosts understand: a path pattern, then indented `Name: value` lines. */
function readHeaderRules(path) {
  const rules = [];
  if (!existsSync(path)) return rules;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (!/^\s/.test(line)) rules.push({ pattern: line.trim(), headers: {} });
    else {
      const colon = line.indexOf(":");
      const rule = rules.at(-1);
      if (rule !== undefined && colon > 0)
        rule.headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
    }
  }
  return rules;
}

/** The headers of all rules that match; a later rule wins over an earlier one. */
function headersFor(rules, pathname) {
  const headers = {};
  for (const { pattern, headers: more } of rules) {
    const expression = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    if (new RegExp(`^${expression.join(".*")}$`).test(pathname)) Object.assign(headers, more);
  }
  return headers;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
  };
  const { address } = await serve(option("dir", "dist"), Number(option("port", "4173")));
  console.log(address);
}
