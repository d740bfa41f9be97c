import type { ByteRange } from "../../../src/core/bytes/source.ts";

/** Reading and writing one file of the origin private file system. */
export interface FileAccess {
  /** Rejects where the file or the bytes are not there. */
  read(range: ByteRange): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes at a position of a file that is to have `size` bytes in the end, for which room is taken at once. */
  write(start: number, bytes: Uint8Array<ArrayBuffer>, size: number): Promise<void>;
  /** Makes what was written outlive the page, and lets go of the file. */
  close(): Promise<void>;
}

/** A newer form of `createSyncAccessHandle`, which lets several tabs hold a file (File System standard, June 2024). */
interface ModalFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(options?: {
    readonly mode: "readwrite-unsafe";
  }): Promise<FileSystemSyncAccessHandle & { readonly mode?: string }>;
}

/**
 * Creates access that opens the file when it is first used. Where the browser can share a file among tabs it is read through
 * its handle; where a handle shuts out every other tab, reading goes by `getFile`, so that a tab that only reads never keeps
 * another one from downloading, and one that another tab holds is no file that is gone. Writers exclude each other by a lock of their
 * own; who reads meanwhile checks hashes.
 *
 * @param find gives the file, creating it where wanted
 */
export function createFileAccess(
  find: (create: boolean) => Promise<FileSystemFileHandle>,
): FileAccess {
  let handle: Promise<FileSystemSyncAccessHandle & { readonly mode?: string }> | null = null;
  let isForWriting = false;
  let canShare = true;

  const open = (create: boolean) => {
    handle ??= find(create).then((found) =>
      (found as ModalFileHandle).createSyncAccessHandle({ mode: "readwrite-unsafe" }),
    );
    // A failed opening may be tried again.
    handle.catch(() => {
      handle = null;
    });
    return handle;
  };
  const close = async () => {
    const closing = handle;
    handle = null;
    isForWriting = false;
    const opened = await closing;
    opened?.flush();
    opened?.close();
  };
  const readShared = async ({ start, end }: ByteRange) => {
    const file = await (await find(false)).getFile();
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  };

  return {
    async read(range) {
      let bytes = new Uint8Array(range.end - range.start);
      // Refused where another tab holds the file for itself: reading goes by `getFile` then, which tells whether it is there.
      const opened = canShare || isForWriting ? await open(false).catch(() => null) : null;
      if (opened !== null && opened.mode === undefined && !isForWriting) {
        canShare = false;
        await close();
      }
      if (opened !== null && (canShare || isForWriting)) {
        bytes = bytes.subarray(0, opened.read(bytes, { at: range.start }));
      } else bytes = await readShared(range);
      if (bytes.length !== range.end - range.start) throw new RangeError("the file is shorter");
      return bytes;
    },
    async write(start, bytes, size) {
      isForWriting = true;
      const opened = await open(true);
      if (opened.getSize() !== size) opened.truncate(size);
      const written = opened.write(bytes, { at: start });
      if (written !== bytes.length) throw new DOMException("no room", "QuotaExceededError");
    },
    close,
  };
}
