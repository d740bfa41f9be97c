/** Where the sentences are, and which hosts their files may come from. */
export interface EditionAddress {
  /** Relative to the page, or absolute; ends in "/". */
  readonly url: string;
  /** Other origins that the search may ask, as a Content-Security-Policy names them. */
  readonly origins: readonly string[];
}

/** What a build is told; undefined or empty for what comes with the site. */
export interface EditionSettings {
  /** Folder of an edition: VITE_EDITION_URL. */
  readonly url: string | undefined;
  /** Origins that its host redirects to, and those of images and exact rows elsewhere, parted by spaces: VITE_EDITION_ORIGINS. */
  readonly origins: string | undefined;
}

/** The edition that comes with the site. */
const SAMPLE_URL = "edition/sample/";
/** Scheme, host with an optional wildcard in front, optional port. */
const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

/**
 * Reads the settings of a build.
 *
 * @throws TypeError for an address or an origin that is none: a site must not be built with it
 */
export function editionAddress({ url, origins }: EditionSettings): EditionAddress {
  const folder = url === undefined || url.trim() === "" ? SAMPLE_URL : url.trim();
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(folder) ? new URL(folder) : null;
  const own = absolute === null ? [] : [absolute.origin];
  const named = (origins ?? "").split(/\s+/).filter((origin) => origin !== "");
  for (const origin of [...own, ...named]) {
    if (!ORIGIN.test(origin)) throw new TypeError(`${origin} is no origin of an edition`);
  }
  const isFolder = !/[?#]/.test(folder);
  if (!isFolder) throw new TypeError(`${folder} is no folder`);
  return {
    url: folder.endsWith("/") ? folder : `${folder}/`,
    origins: [...new Set([...own, ...named])],
  };
}
