import type { HierarchicalNSW, HnswlibModule } from "hnswlib-wasm/dist/hnswlib.js";
import { openDB } from "idb";
import type { IndexRouter } from "../../src/core/edition/index-router.ts";
import { encodeHnswFile } from "../../src/core/search/hnsw-file.ts";
import type { Router } from "../../src/core/search/router.ts";

/**
 * hnswlib-wasm reads an index only from its own file system, which mirrors an IndexedDB database in Emscripten's IDBFS
 * layout; there is no call that takes bytes. So the file is put there first, in the form that IDBFS keeps.
 */
const IDBFS = { database: "/hnswlib-index", version: 21, store: "FILE_DATA", index: "timestamp" };
/** A regular file that its owner may read and write: octal 100666. */
const FILE_MODE = 0o100666;
/** Beam width of a query beyond the number of neighbours asked for: recall 0.99 at 400 for 200 neighbours of 4,096. */
const EF_FACTOR = 2;
const LEAST_EF = 64;

type Hnswlib = typeof import("hnswlib-wasm/dist/hnswlib.js");

interface LoadedLibrary {
  readonly module: HnswlibModule;
  readonly syncFileSystem: Hnswlib["syncFileSystem"];
}

let loading: Promise<LoadedLibrary> | null = null;

/** Loads the library once; a failed attempt may be repeated. */
function loadLibrary(): Promise<LoadedLibrary> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<LoadedLibrary> {
  // The library was built for pages only and looks for this name; in a worker it then works as it is.
  if (!("window" in globalThis)) Object.assign(globalThis, { window: globalThis });
  const { loadHnswlib, syncFileSystem } = await import("hnswlib-wasm/dist/hnswlib.js");
  return { module: await loadHnswlib("IDBFS"), syncFileSystem };
}

/**
 * Reconstitutes the prebuilt graph as an hnswlib index over the decoded centroids.
 *
 * @param name unique for the edition; names the file for the moment that it exists
 * @throws anything where IndexedDB is missing or the library refuses: the caller falls back to the flat scan
 */
export async function openHnswRouter(
  router: IndexRouter,
  centroids: Float32Array<ArrayBuffer>,
  name: string,
): Promise<Router> {
  const { dim, clusters, graph } = router;
  const file = encodeHnswFile({ dim, graph, vectors: centroids });
  const path = `${IDBFS.database}/${name}`;
  // First, because it fails at once where there is no IndexedDB, before the library is downloaded.
  await putFile(path, file);
  try {
    const { module, syncFileSystem } = await loadLibrary();
    await syncFileSystem("read");
    const index = new module.HierarchicalNSW("ip", dim, "");
    await index.readIndex(name, clusters);
    if (index.getCurrentCount() !== clusters) throw new Error("hnswlib read another count.");
    await removeFile(path);
    // A second look finds the file gone and frees the library's copy of it.
    await syncFileSystem("read");
    return createRouter(index, clusters);
  } catch (error) {
    // A file that stayed would be read into memory by every later visit.
    await removeFile(path).catch(() => undefined);
    throw error;
  }
}

function createRouter(index: HierarchicalNSW, clusters: number): Router {
  return {
    kind: "hnsw",
    nearest(query, count) {
      const wanted = Math.min(count, clusters);
      index.setEfSearch(Math.max(LEAST_EF, wanted * EF_FACTOR));
      return Uint32Array.from(index.searchKnn(query, wanted, undefined).neighbors);
    },
  };
}

async function openFileSystem() {
  return openDB(IDBFS.database, IDBFS.version, {
    upgrade(created) {
      created.createObjectStore(IDBFS.store).createIndex(IDBFS.index, IDBFS.index);
    },
  });
}

async function putFile(path: string, contents: Uint8Array<ArrayBuffer>): Promise<void> {
  const database = await openFileSystem();
  try {
    const entry = { timestamp: new Date(), mode: FILE_MODE, contents };
    await database.put(IDBFS.store, entry, path);
  } finally {
    database.close();
  }
}

async function removeFile(path: string): Promise<void> {
  const database = await openFileSystem();
  try {
    await database.delete(IDBFS.store, path);
  } finally {
    database.close();
  }
}
