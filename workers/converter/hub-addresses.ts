import type { HubFile, HubPlace } from "../../src/config/model-sources.ts";

/** Where the file itself is, as model hubs address it. `mirror`, which ends in "/", stands in for the hub's own host. */
export function fileUrl(place: HubPlace, file: HubFile, mirror: string | null): string {
  return address(place, "resolve", file, mirror);
}

/** Where the hub shows what Git holds in the file's place: for a large file a pointer with size and hash. */
export function pointerUrl(place: HubPlace, file: HubFile, mirror: string | null): string {
  return address(place, "raw", file, mirror);
}

/** The last part of a file's path. */
export function nameOf(file: HubFile): string {
  return file.path.split("/").at(-1) ?? file.path;
}

function address(
  { host, repository, revision }: HubPlace,
  kind: "resolve" | "raw",
  { path }: HubFile,
  mirror: string | null,
): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${mirror ?? host}${repository}/${kind}/${encodeURIComponent(revision)}/${encoded}`;
}
