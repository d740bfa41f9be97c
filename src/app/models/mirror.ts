/** The name under which an address of a mirror stands in the page's fragment: "#mirror=https://…". */
const PARAMETER = "mirror";

/** Hosts of this machine, which may be asked without encryption. */
const OWN_HOSTS: readonly string[] = ["localhost", "127.0.0.1"];

/**
 * The server that stands in for all model hubs: named in the page's fragment, or when the site was built.
 *
 * @param fragment what follows the page's address, such as "#mirror=https://models.example/"
 * @param built what the build names; empty or undefined for nothing
 * @returns an absolute base URL ending in "/", or null for the hubs themselves. An address that is neither https nor of this
 * machine counts as none.
 */
export function mirrorFrom(fragment: string, built: string | undefined): string | null {
  const asked = new URLSearchParams(fragment.replace(/^#/, "")).get(PARAMETER);
  return baseUrl(asked) ?? baseUrl(built ?? null);
}

function baseUrl(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === "http:" && OWN_HOSTS.includes(url.hostname);
  if (url.protocol !== "https:" && !isPlain) return null;
  url.hash = "";
  url.search = "";
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
